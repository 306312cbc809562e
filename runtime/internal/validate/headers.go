package validate

import (
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/validate/sentence"
)

// header is a header that a schema of headers names.
type header struct {
	name    string // as the schema writes it
	key     string // as http.Header does
	list    bool   // the schema wants an array: values are split at commas
	literal bool   // the schema wants no text: numbers and booleans are read from their text
}

// CheckHeaders lists what is wrong with request headers; nil when they are valid. The schema is
// that of an object whose properties are headers.
//
// Header values are texts. Where the schema allows no text, the text of a number or a boolean
// counts as one, and a list separated by commas as an array of them. Names are compared without
// regard to case, several headers of one name are joined by commas (RFC 9110 section 5.2), and
// headers that the schema does not name are never an error. The pointer is "/headers/<name>".
func (v *Validator) CheckHeaders(h http.Header) []core.Violation {
	c := v.pool.Get().(*checker)
	defer v.put(c)
	c.header = appendHeaders(c.header[:0], v.headers, h)
	found := v.check(c, c.header)
	for i := range found {
		v.place(&found[i])
	}
	return found
}

// place moves a violation from the object of headers to the request.
func (v *Validator) place(found *core.Violation) {
	if found.Pointer == "" {
		for _, h := range v.headers {
			if found.Detail == sentence.Missing(h.name) {
				found.Pointer = "/" + string(appendToken(nil, []byte(h.name)))
				found.Detail = "header is missing"
				break
			}
		}
	}
	found.Pointer = "/headers" + found.Pointer
}

// appendHeaders writes the headers that are named as a JSON object.
func appendHeaders(dst []byte, named []header, h http.Header) []byte {
	dst = append(dst, '{')
	for _, one := range named {
		values := h[one.key]
		if len(values) == 0 {
			continue
		}
		if len(dst) > 1 {
			dst = append(dst, ',')
		}
		dst = appendText(dst, one.name)
		dst = append(dst, ':')
		dst = appendValues(dst, one, values)
	}
	return append(dst, '}')
}

func appendValues(dst []byte, one header, values []string) []byte {
	if !one.list {
		if len(values) > 1 {
			return appendValue(dst, one, strings.Join(values, ", "))
		}
		return appendValue(dst, one, values[0])
	}
	dst = append(dst, '[')
	first := true
	for _, value := range values {
		for item := range strings.SplitSeq(value, ",") {
			if !first {
				dst = append(dst, ',')
			}
			first = false
			dst = appendValue(dst, one, strings.TrimSpace(item))
		}
	}
	return append(dst, ']')
}

func appendValue(dst []byte, one header, value string) []byte {
	if one.literal {
		from := len(dst)
		dst = append(dst, value...)
		if value == "true" || value == "false" || isNumber(dst[from:]) {
			return dst
		}
		dst = dst[:from]
	}
	return appendText(dst, value)
}

// appendText writes a JSON text; bytes that are not UTF-8 become U+FFFD.
func appendText(dst []byte, text string) []byte {
	dst = append(dst, '"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r < ' ':
			dst = append(dst, `\u00`...)
			dst = append(dst, "0123456789abcdef"[r>>4], "0123456789abcdef"[r&15])
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return append(dst, '"')
}

// headers are the headers that a schema names, in its own order, those of alternatives after
// them.
func (n *node) headers() []header {
	var all []header
	if n == nil {
		return nil
	}
	if n.objects != nil {
		for i := range n.objects.props {
			p := &n.objects.props[i]
			all = append(all, newHeader(p.name, p.node.accepted(), p.node.items()))
		}
	}
	for _, sub := range n.inPlace() {
		for _, h := range sub.headers() {
			if !slices.ContainsFunc(all, func(o header) bool { return o.key == h.key }) {
				all = append(all, h)
			}
		}
	}
	return all
}

// newHeader decides how values are read, by the types that the schema allows for them.
func newHeader(name string, types, items endpoint.Types) header {
	h := header{name: name, key: http.CanonicalHeaderKey(name)}
	types, items = orAny(types), orAny(items)
	h.list = types&^(endpoint.Object|endpoint.Null) == endpoint.Array
	if h.list {
		types = items
	}
	h.literal = types&endpoint.String == 0
	return h
}

func orAny(types endpoint.Types) endpoint.Types {
	if types == 0 {
		return allTypes
	}
	return types
}

const allTypes = endpoint.Null | endpoint.Boolean | endpoint.Integer | endpoint.Number |
	endpoint.String | endpoint.Array | endpoint.Object

// accepted are the types that a value may have.
func (n *node) accepted() endpoint.Types {
	if n == nil {
		return allTypes
	}
	types := orAny(n.types)
	if n.enum != nil && len(n.enum.texts) == 0 {
		types &^= endpoint.String
	}
	for _, sub := range n.allOf {
		types &= sub.accepted()
	}
	for _, ch := range []*choice{n.anyOf, n.oneOf} {
		if ch == nil {
			continue
		}
		var either endpoint.Types
		for _, sub := range ch.nodes {
			either |= sub.accepted()
		}
		types &= either
	}
	return types
}

// items are the types that the items of an array may have.
func (n *node) items() endpoint.Types {
	if n == nil || n.arrays == nil {
		return allTypes
	}
	return n.arrays.items.accepted()
}
