package entrypoints

import (
	"encoding/base64"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/scan"
	"github.com/penstock-dev/penstock/runtime/internal/web"
)

// Content says how the payloads of an operation stand in JSON.
type Content struct {
	neverJSON bool
}

// NewContent reads the content types of a payload: where they are known and none is JSON, a
// payload is a text even if it looks like JSON.
func NewContent(p endpoint.Payload) Content {
	return Content{neverJSON: len(p.ContentTypes) > 0 && !slices.ContainsFunc(p.ContentTypes, mayBeJSON)}
}

func mayBeJSON(mediaType string) bool {
	return mediaType == "application/json" || strings.HasSuffix(mediaType, "+json") ||
		mediaType == "application/x-ndjson" || strings.HasSuffix(mediaType, "/*")
}

// MayBeJSON reports whether payloads of the operation may be JSON.
func (c Content) MayBeJSON() bool { return !c.neverJSON }

// IsJSON reports whether a payload is given as JSON.
func (c Content) IsJSON(value []byte) bool {
	return !c.neverJSON && scan.Valid(value)
}

// AppendMembers appends the member content of a payload: JSON as it is, else a string; null for
// a tombstone. Bytes that are not UTF-8 are base64, and the member encoding says so.
func (c Content) AppendMembers(dst, value []byte) []byte {
	dst = append(dst, `"content":`...)
	switch {
	case value == nil:
		return append(dst, "null"...)
	case c.IsJSON(value):
		return append(dst, value...)
	case utf8.Valid(value):
		return web.AppendString(dst, value)
	}
	dst = append(dst, '"')
	dst = base64.StdEncoding.AppendEncode(dst, value)
	return append(dst, `","encoding":"base64"`...)
}
