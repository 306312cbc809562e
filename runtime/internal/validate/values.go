package validate

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/validate/sentence"
)

// values are the values that enum or const allows.
type values struct {
	texts  []string            // texts, without escapes
	many   map[string]struct{} // the same, when they are more than a search is good for
	others []string            // other values, in canonical form
	detail string
}

// fewValues is up to where a search through texts beats a map.
const fewValues = 8

func compileValues(list []endpoint.JSON) (*values, error) {
	v := new(values)
	var said []string
	for _, item := range list {
		text := []byte(item)
		if found := CheckJSON(text); found != nil {
			return nil, fmt.Errorf("value %q: %w", item, errors.New(found[0].Detail))
		}
		var c checker
		c.start(bytes.TrimSpace(text), false)
		said = append(said, string(c.Buf))
		if c.Buf[0] == '"' {
			v.texts = append(v.texts, string(c.Decoded(0)))
			continue
		}
		c.canonical(0)
		v.others = append(v.others, string(c.canon))
	}
	if len(v.texts) > fewValues {
		v.many = make(map[string]struct{}, len(v.texts))
		for _, t := range v.texts {
			v.many[t] = struct{}{}
		}
	}
	v.detail = sentence.OneOf(said)
	return v, nil
}

// oneOfValues checks the value in [i,end), read before; false ends the run.
func (c *checker) oneOfValues(v *values, i, end int) bool {
	if c.Buf[i] == '"' {
		text := c.Buf[i+1 : end-1]
		if bytes.IndexByte(text, '\\') >= 0 {
			text = c.Decoded(i)
		}
		return v.hasText(text) || c.refuse(v.detail)
	}
	from := len(c.canon)
	c.canonical(i)
	found := false
	for _, other := range v.others {
		found = found || other == string(c.canon[from:])
	}
	c.canon = c.canon[:from]
	return found || c.refuse(v.detail)
}

func (v *values) hasText(text []byte) bool {
	if v.many != nil {
		_, ok := v.many[string(text)]
		return ok
	}
	for _, t := range v.texts {
		if t == string(text) {
			return true
		}
	}
	return false
}
