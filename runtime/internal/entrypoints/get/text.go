package get

import (
	"encoding/base64"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
	"github.com/penstock-dev/penstock/runtime/internal/web"
)

// textFormat is for people: blocks of "name: value" lines under the words items, item, error
// and pagination. Payloads stand as they are, so that a program cannot rely on it.
type textFormat struct{ layout }

func (textFormat) begin(dst []byte) []byte { return append(dst, "items\n"...) }

func (f textFormat) item(dst []byte, b *qos.Batch, i, n int, encoded bool) []byte {
	if n > 0 {
		dst = append(dst, '\n')
	}
	dst = append(dst, "item\n"...)
	if b.HasIDs() {
		dst = append(dst, "id: "...)
		dst = b.AppendID(dst, i, encoded)
		dst = append(dst, '\n')
	}
	rec := b.Record(i)
	switch {
	case rec.Value == nil:
		dst = append(dst, "content: null\n"...)
	case utf8.Valid(rec.Value):
		dst = append(append(append(dst, "content: "...), rec.Value...), '\n')
	default:
		dst = append(dst, "content: "...)
		dst = base64.StdEncoding.AppendEncode(dst, rec.Value)
		dst = append(dst, "\nencoding: base64\n"...)
	}
	if f.headers {
		dst = appendTextHeaders(dst, rec.Headers)
	}
	if f.metadata {
		dst = append(dst, "metadata: {"...)
		for k, m := range entrypoints.Metadata(rec) {
			if k > 0 {
				dst = append(dst, ", "...)
			}
			dst = append(append(append(dst, m.Name...), '='), m.Value...)
		}
		dst = append(dst, "}\n"...)
	}
	return dst
}

// valid is a text with U+FFFD for what is not UTF-8, which the answer says that it is.
func valid(text string) string { return strings.ToValidUTF8(text, "\ufffd") }

func appendTextHeaders(dst []byte, headers []core.Header) []byte {
	dst = append(dst, "headers: {"...)
	for i, h := range headers {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		dst = append(append(append(dst, valid(h.Name)...), "=["...), valid(string(h.Value))...)
		dst = append(dst, ']')
	}
	return append(dst, "}\n"...)
}

func (textFormat) end(dst []byte, failed *core.Error, p *pagination) []byte {
	if failed != nil {
		dst = append(dst, "\nerror\n"...)
		dst = appendLine(dst, "title", failed.Code.Title())
		dst = appendLine(dst, "status", strconv.Itoa(failed.Code.Status()))
		if detail := web.Detail(failed); detail != "" {
			dst = appendLine(dst, "detail", detail)
		}
		dst = appendLine(dst, "code", string(failed.Code))
	}
	if p != nil {
		dst = append(dst, "\npagination\n"...)
		dst = appendLine(dst, "nextCursor", string(p.nextCursor))
		if p.limit != noLimit {
			dst = appendLine(dst, "limit", strconv.Itoa(p.limit))
		}
	}
	return dst
}

func appendLine(dst []byte, name, value string) []byte {
	return append(append(append(append(dst, name...), ": "...), value...), '\n')
}
