package entrypoints

import (
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/web"
)

// fewHeaders is how many headers are compared with each other. A client may publish a record that
// has tens of thousands: of more, names are looked up.
const fewHeaders = 32

// Link says which other headers of a record have the name of one.
type Link struct {
	Next  int  // index of the next one; 0: this is the last
	Later bool // it is not the first one
}

// Links has room for the links of a record with few headers.
type Links [fewHeaders]Link

// Of links the headers of a record by their names, in linear time. The list is in use until the next
// call.
func (l *Links) Of(headers []core.Header) []Link {
	if len(headers) > fewHeaders {
		return manyLinks(headers)
	}
	links := l[:len(headers)]
	clear(links)
	for i := range headers {
		for k := i - 1; k >= 0; k-- {
			if headers[k].Name == headers[i].Name {
				links[k].Next, links[i].Later = i, true
				break
			}
		}
	}
	return links
}

func manyLinks(headers []core.Header) []Link {
	links := make([]Link, len(headers))
	last := make(map[string]int, len(headers))
	for i := range headers {
		if k, ok := last[headers[i].Name]; ok {
			links[k].Next, links[i].Later = i, true
		}
		last[headers[i].Name] = i
	}
	return links
}

// AppendHeaders appends the headers of a record as an object: name → list of values, names in
// the order of their first values.
func AppendHeaders(dst []byte, headers []core.Header) []byte {
	var room Links
	links := room.Of(headers)
	dst = append(dst, '{')
	for i, h := range headers {
		if links[i].Later {
			continue
		}
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = web.AppendString(dst, h.Name)
		dst = append(dst, ':', '[')
		dst = web.AppendString(dst, h.Value)
		for k := links[i].Next; k > 0; k = links[k].Next {
			dst = append(dst, ',')
			dst = web.AppendString(dst, headers[k].Value)
		}
		dst = append(dst, ']')
	}
	return append(dst, '}')
}
