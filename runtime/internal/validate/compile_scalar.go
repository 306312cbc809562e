package validate

import (
	"strconv"

	"github.com/penstock-dev/penstock/runtime/endpoint"
)

func (k *compiler) numbers(n *node, s *endpoint.Schema, at string) error {
	r := new(numberRules)
	for _, l := range []struct {
		keyword, text, say string
		upper, open        bool
	}{
		{"minimum", s.Minimum, "must be at least ", false, false},
		{"exclusiveMinimum", s.ExclusiveMinimum, "must be greater than ", false, true},
		{"maximum", s.Maximum, "must be at most ", true, false},
		{"exclusiveMaximum", s.ExclusiveMaximum, "must be less than ", true, true},
	} {
		if l.text == "" {
			continue
		}
		if !isNumber([]byte(l.text)) {
			return wrong(at, "%s %q is not a number", l.keyword, l.text)
		}
		bound := limit{value: parseDecimal([]byte(l.text)), upper: l.upper, open: l.open, detail: l.say + l.text}
		bound.small, bound.isSmall = smallInt([]byte(l.text))
		r.limits = append(r.limits, bound)
	}
	if s.MultipleOf != "" {
		if !isNumber([]byte(s.MultipleOf)) {
			return wrong(at, "multipleOf %q is not a number", s.MultipleOf)
		}
		var err error
		if r.multiple, err = newMultiple(s.MultipleOf); err != nil {
			return wrong(at, "multipleOf %q %w", s.MultipleOf, err)
		}
	}
	if r.limits != nil || r.multiple != nil {
		n.numbers = r
	}
	return nil
}

func isNumber(text []byte) bool {
	c := checker{buf: text, quiet: true}
	end, _ := c.number(0)
	return end == len(text)
}

func (k *compiler) texts(n *node, s *endpoint.Schema, at string) error {
	format := formats[s.Format]
	if s.MinLength <= 0 && s.MaxLength == nil && s.Pattern == "" && format.check == nil {
		return nil
	}
	r := &textRules{min: s.MinLength, max: -1, format: format.check, shape: "must be " + format.name}
	r.short = atLeast(s.MinLength, "character")
	if s.MaxLength != nil {
		r.max, r.long = *s.MaxLength, atMost(*s.MaxLength, "character")
	}
	if s.Pattern != "" {
		var err error
		if r.pattern, err = compilePattern(s.Pattern); err != nil {
			return wrong(at, "pattern: %w", err)
		}
		r.mismatch = "must match the pattern " + strconv.Quote(s.Pattern)
	}
	n.texts = r
	return nil
}
