package post

import (
	"slices"
	"strconv"
	"strings"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// ndjson is the media type of bodies with one message a line.
const ndjson = "application/x-ndjson"

// mediaTypes are the content types that an operation accepts.
type mediaTypes struct {
	any    bool
	exact  []string
	prefix []string // "text/" of "text/*"
	lines  bool     // NDJSON is accepted
	names  string   // all of them, for error messages
}

// newMediaTypes reads the content types of a document; nil accepts any. NDJSON is accepted
// wherever JSON is.
func newMediaTypes(declared []string) mediaTypes {
	m := mediaTypes{any: declared == nil}
	names := slices.Clone(declared)
	for _, name := range declared {
		kind, wild := strings.CutSuffix(name, "*")
		switch {
		case name == "*/*":
			m.any = true
		case wild:
			m.prefix = append(m.prefix, kind)
		default:
			m.exact = append(m.exact, name)
		}
	}
	m.lines = m.any || slices.ContainsFunc(m.exact, isJSON) || m.accepts(ndjson)
	if m.lines && !slices.Contains(names, ndjson) {
		names = append(names, ndjson)
	}
	m.names = strings.Join(names, ", ")
	return m
}

// isJSON reports whether a media type is JSON (RFC 6838, section 4.2.8).
func isJSON(mediaType string) bool {
	return mediaType == "application/json" || strings.HasSuffix(mediaType, "+json")
}

func (m *mediaTypes) accepts(mediaType string) bool {
	if m.any || slices.Contains(m.exact, mediaType) {
		return true
	}
	return slices.ContainsFunc(m.prefix, func(kind string) bool { return strings.HasPrefix(mediaType, kind) })
}

// check reads the values of Content-Type; lines says that the body has one message a line. A body
// without the header is taken for what the document declares: its schema decides. One with several
// is refused: another server on the way may have gone by any of them.
func (m *mediaTypes) check(values []string) (lines bool, err error) {
	var name string
	if len(values) > 0 {
		name, _, _ = strings.Cut(values[0], ";")
		name = strings.ToLower(strings.TrimSpace(name))
	}
	switch {
	case len(values) > 1:
		return false, core.NewError(core.CodeInvalidRequest, "Content-Type must be there once")
	case name == "":
		return false, nil
	case name == ndjson && m.lines:
		return true, nil
	case m.accepts(name):
		return false, nil
	}
	return false, core.NewError(core.CodeUnsupportedMedia,
		"content type "+strconv.Quote(name)+" is not accepted: use "+m.names)
}
