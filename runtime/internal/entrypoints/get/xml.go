package get

import (
	"bytes"
	"encoding/base64"
	"strconv"
	"unicode/utf8"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
	"github.com/penstock-dev/penstock/runtime/internal/web"
)

// xmlFormat is <response><items><item>…</item></items><error>…</error><pagination>…
// </pagination></response>. A header is an element header with its name as an attribute,
// because not every header name is the name of an element.
type xmlFormat struct{ layout }

func (xmlFormat) begin(dst []byte) []byte {
	return append(dst, `<?xml version="1.0" encoding="UTF-8"?>`+"\n<response><items>"...)
}

func (f xmlFormat) item(dst []byte, b *qos.Batch, i, _ int, encoded bool) []byte {
	dst = append(dst, "<item>"...)
	if b.HasIDs() {
		dst = append(dst, "<id>"...)
		dst = b.AppendID(dst, i, encoded)
		dst = append(dst, "</id>"...)
	}
	rec := b.Record(i)
	dst = appendXMLContent(dst, rec.Value)
	if f.headers {
		dst = append(dst, "<headers>"...)
		for _, h := range rec.Headers {
			dst = append(dst, `<header name="`...)
			dst = appendXMLAttribute(dst, []byte(h.Name))
			dst = append(dst, `">`...)
			dst = appendXMLText(dst, h.Value)
			dst = append(dst, "</header>"...)
		}
		dst = append(dst, "</headers>"...)
	}
	if f.metadata {
		dst = append(dst, "<metadata>"...)
		for _, m := range entrypoints.Metadata(rec) {
			dst = appendElement(dst, m.Name, m.Value)
		}
		dst = append(dst, "</metadata>"...)
	}
	return append(dst, "</item>"...)
}

func (xmlFormat) end(dst []byte, failed *core.Error, p *pagination) []byte {
	dst = append(dst, "</items>"...)
	if failed != nil {
		dst = append(dst, "<error>"...)
		dst = appendElement(dst, "title", failed.Code.Title())
		dst = appendElement(dst, "status", strconv.Itoa(failed.Code.Status()))
		if detail := web.Detail(failed); detail != "" {
			dst = appendElement(dst, "detail", detail)
		}
		dst = appendElement(dst, "code", string(failed.Code))
		dst = append(dst, "</error>"...)
	}
	if p != nil {
		dst = append(dst, "<pagination>"...)
		dst = appendElement(dst, "nextCursor", string(p.nextCursor))
		if p.limit != noLimit {
			dst = appendElement(dst, "limit", strconv.Itoa(p.limit))
		}
		dst = append(dst, "</pagination>"...)
	}
	return append(dst, "</response>\n"...)
}

// appendXMLContent appends a payload: as text where XML can hold it, else as base64.
func appendXMLContent(dst, value []byte) []byte {
	switch {
	case value == nil:
		return append(dst, `<content null="true"/>`...)
	case !xmlCanHold(value):
		dst = append(dst, `<content encoding="base64">`...)
		dst = base64.StdEncoding.AppendEncode(dst, value)
	default:
		dst = append(dst, "<content>"...)
		dst = appendXMLText(dst, value)
	}
	return append(dst, "</content>"...)
}

func appendElement(dst []byte, name, text string) []byte {
	dst = append(append(append(dst, '<'), name...), '>')
	dst = appendXMLText(dst, []byte(text))
	return append(append(append(dst, "</"...), name...), '>')
}

// xmlCanHold reports whether a text has only characters that XML 1.0 has (section 2.2).
func xmlCanHold(text []byte) bool {
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if r == utf8.RuneError && size == 1 || !isXMLChar(r) {
			return false
		}
		text = text[size:]
	}
	return true
}

func isXMLChar(r rune) bool {
	return r >= ' ' && r != 0xFFFE && r != 0xFFFF || r == '\t' || r == '\n' || r == '\r'
}

// appendXMLAttribute appends the value of an attribute, where a parser would make spaces of white
// space that is not escaped (section 3.3.3).
func appendXMLAttribute(dst, text []byte) []byte {
	for {
		i := bytes.IndexAny(text, "\t\n")
		if i < 0 {
			return appendXMLText(dst, text)
		}
		dst = appendXMLText(dst, text[:i])
		dst = append(strconv.AppendInt(append(dst, "&#"...), int64(text[i]), 10), ';')
		text = text[i+1:]
	}
}

// appendXMLText appends a text with the escapes that content and attributes need. What XML
// cannot hold becomes U+FFFD.
func appendXMLText(dst, text []byte) []byte {
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		switch {
		case r == '&':
			dst = append(dst, "&amp;"...)
		case r == '<':
			dst = append(dst, "&lt;"...)
		case r == '>':
			dst = append(dst, "&gt;"...)
		case r == '"':
			dst = append(dst, "&#34;"...)
		case r == '\r':
			dst = append(dst, "&#13;"...) // a parser would make a line feed of it
		case !isXMLChar(r):
			dst = utf8.AppendRune(dst, utf8.RuneError)
		default:
			dst = utf8.AppendRune(dst, r)
		}
		text = text[size:]
	}
	return dst
}
