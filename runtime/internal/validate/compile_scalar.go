package validate

import (
	"strconv"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/scan"
	"github.com/penstock-dev/penstock/runtime/internal/validate/decimal"
	"github.com/penstock-dev/penstock/runtime/internal/validate/format"
	"github.com/penstock-dev/penstock/runtime/internal/validate/pattern"
	"github.com/penstock-dev/penstock/runtime/internal/validate/sentence"
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
		bound := limit{value: decimal.Parse([]byte(l.text)), upper: l.upper, open: l.open, detail: l.say + l.text}
		bound.small, bound.isSmall = decimal.Int64([]byte(l.text))
		r.limits = append(r.limits, bound)
	}
	if s.MultipleOf != "" {
		if !isNumber([]byte(s.MultipleOf)) {
			return wrong(at, "multipleOf %q is not a number", s.MultipleOf)
		}
		var err error
		m := &multiple{detail: "must be a multiple of " + s.MultipleOf}
		if m.divisor, err = decimal.NewMultiple(s.MultipleOf); err != nil {
			return wrong(at, "multipleOf %q %w", s.MultipleOf, err)
		}
		m.small, _ = decimal.Int64([]byte(s.MultipleOf))
		r.multiple = m
	}
	if r.limits != nil || r.multiple != nil {
		n.numbers = r
	}
	return nil
}

func isNumber(text []byte) bool {
	s := scan.Scanner{Buf: text}
	end, _ := s.Number(0)
	return end == len(text)
}

func (k *compiler) texts(n *node, s *endpoint.Schema, at string) error {
	form := format.Named(s.Format)
	if s.MinLength <= 0 && s.MaxLength == nil && s.Pattern == "" && form.Check == nil {
		return nil
	}
	r := &textRules{min: s.MinLength, max: -1, format: form.Check, shape: "must be " + form.Name}
	r.short = sentence.AtLeast(s.MinLength, "character")
	if s.MaxLength != nil {
		r.max, r.long = *s.MaxLength, sentence.AtMost(*s.MaxLength, "character")
	}
	if s.Pattern != "" {
		var err error
		if r.pattern, err = pattern.Compile(s.Pattern); err != nil {
			return wrong(at, "pattern: %w", err)
		}
		r.mismatch = "must match the pattern " + strconv.Quote(s.Pattern)
	}
	n.texts = r
	return nil
}
