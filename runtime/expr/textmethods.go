package expr

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// textTest makes a method that compares the text with another one.
func textTest(test func(a, b string) bool) method {
	return method{args: []Kind{Text}, min: 1, result: boolShape, run: func(_ *state, in call) (Value, error) {
		return BoolValue(test(in.on.text, in.args[0].text)), nil
	}}
}

// textChange makes a method that gives another text.
func textChange(change func(string) string) method {
	return method{result: textShape, run: func(s *state, in call) (Value, error) {
		if err := s.take(len(in.on.text)); err != nil {
			return Value{}, err
		}
		return TextValue(change(in.on.text)), nil
	}}
}

// textMethods are methods of java.lang.String, by the same names. Characters count as Unicode
// code points.
var textMethods = map[string]method{
	"length": {result: intShape, run: func(_ *state, in call) (Value, error) {
		return IntValue(int64(utf8.RuneCountInString(in.on.text))), nil
	}},
	"isEmpty": {result: boolShape, run: func(_ *state, in call) (Value, error) { return BoolValue(in.on.text == ""), nil }},
	"isBlank": {result: boolShape, run: func(_ *state, in call) (Value, error) {
		return BoolValue(strings.TrimSpace(in.on.text) == ""), nil
	}},
	"toUpperCase": textChange(strings.ToUpper), "toLowerCase": textChange(strings.ToLower),
	"trim": textChange(strings.TrimSpace), "strip": textChange(strings.TrimSpace), "toString": textChange(strings.Clone),
	"contains": textTest(strings.Contains), "startsWith": textTest(strings.HasPrefix), "endsWith": textTest(strings.HasSuffix),
	"equalsIgnoreCase": textTest(strings.EqualFold),
	"equals":           equals,
	"compareTo": {args: []Kind{Text}, min: 1, result: intShape, run: func(_ *state, in call) (Value, error) {
		return IntValue(int64(strings.Compare(in.on.text, in.args[0].text))), nil
	}},
	"concat": {args: []Kind{Text}, min: 1, result: textShape, run: func(s *state, in call) (Value, error) {
		if err := s.take(len(in.on.text) + len(in.args[0].text)); err != nil {
			return Value{}, err
		}
		return TextValue(in.on.text + in.args[0].text), nil
	}},
	"repeat": {args: []Kind{Int}, min: 1, result: textShape, run: func(s *state, in call) (Value, error) {
		return s.repeat(in.on.text, in.args[0].int())
	}},
	"indexOf":     {args: []Kind{Text}, min: 1, result: intShape, run: found(strings.Index)},
	"lastIndexOf": {args: []Kind{Text}, min: 1, result: intShape, run: found(strings.LastIndex)},
	"charAt": {args: []Kind{Int}, min: 1, result: textShape, run: func(s *state, in call) (Value, error) {
		return s.character(in.on.text, in.args[0].int())
	}},
	"substring":    {args: []Kind{Int, Int}, min: 1, result: textShape, run: substring},
	"replace":      {args: []Kind{Text, Text}, min: 2, result: textShape, run: replace},
	"replaceAll":   {args: []Kind{Text, Text}, min: 2, result: textShape, regular: 1, run: replaceAll},
	"replaceFirst": {args: []Kind{Text, Text}, min: 2, result: textShape, regular: 1, run: replaceFirst},
	"split":        {args: []Kind{Text}, min: 1, result: textsShape, regular: 1, run: split},
	"matches": {args: []Kind{Text}, min: 1, result: boolShape, regular: 2, run: func(s *state, in call) (Value, error) {
		if err := s.work(in.re, in.on.text); err != nil {
			return Value{}, err
		}
		return BoolValue(in.re.MatchString(in.on.text)), nil
	}},
}

// found counts the characters before a text; -1 where it is not found.
func found(find func(text, part string) int) func(*state, call) (Value, error) {
	return func(_ *state, in call) (Value, error) {
		i := find(in.on.text, in.args[0].text)
		if i > 0 {
			i = utf8.RuneCountInString(in.on.text[:i])
		}
		return IntValue(int64(i)), nil
	}
}

func substring(_ *state, in call) (Value, error) {
	text := in.on.text
	from, to := offsetOf(text, in.args[0].int()), len(text)
	if len(in.args) == 2 {
		to = offsetOf(text, in.args[1].int())
	}
	if from < 0 || to < from {
		return Value{}, fmt.Errorf("the range is not in the text: it has %s", counted(utf8.RuneCountInString(text), "character"))
	}
	return TextValue(text[from:to]), nil
}

// replace counts what it makes before it makes it.
func replace(s *state, in call) (Value, error) {
	text, part, by := in.on.text, in.args[0].text, in.args[1].text
	if err := s.take(len(text) + strings.Count(text, part)*max(len(by)-len(part), 0)); err != nil {
		return Value{}, err
	}
	return TextValue(strings.ReplaceAll(text, part, by)), nil
}

// maxPieces is how many places of a regular expression are looked for: a list of more items
// would be beyond the limit of bytes.
const maxPieces = maxBytes / itemBytes

var errTemplate = errors.New(`$ and \ in a replacement are not part of the language`)

func replaceAll(s *state, in call) (Value, error) {
	by := in.args[1].text
	if strings.ContainsAny(by, `$\`) {
		return Value{}, errTemplate
	}
	places, err := in.re.all(s, in.on.text)
	if err != nil {
		return Value{}, err
	}
	if err = s.take(len(in.on.text) + len(places)*len(by)); err != nil {
		return Value{}, err
	}
	var b strings.Builder
	rest := 0
	for _, place := range places {
		b.WriteString(in.on.text[rest:place[0]])
		b.WriteString(by)
		rest = place[1]
	}
	b.WriteString(in.on.text[rest:])
	return TextValue(b.String()), nil
}

func replaceFirst(s *state, in call) (Value, error) {
	by := in.args[1].text
	if strings.ContainsAny(by, `$\`) {
		return Value{}, errTemplate
	}
	if err := s.work(in.re, in.on.text); err != nil {
		return Value{}, err
	}
	place := in.re.FindStringIndex(in.on.text)
	if place == nil {
		return in.on, nil
	}
	return s.made(in.on.text[:place[0]] + by + in.on.text[place[1]:])
}

// split cuts at a regular expression. Empty pieces at the end are left out, as in Java.
func split(s *state, in call) (Value, error) {
	if in.on.text == "" {
		return TextsValue([]string{""}), nil
	}
	places, err := in.re.all(s, in.on.text)
	if err != nil {
		return Value{}, err
	}
	var pieces []string
	rest := 0
	for _, place := range places {
		if place[1] == 0 { // nothing stands before an empty match at the start
			continue
		}
		pieces = append(pieces, in.on.text[rest:place[0]])
		rest = place[1]
	}
	pieces = append(pieces, in.on.text[rest:])
	for len(pieces) > 0 && pieces[len(pieces)-1] == "" {
		pieces = pieces[:len(pieces)-1]
	}
	if pieces == nil {
		pieces = []string{}
	}
	return TextsValue(pieces), s.take(itemBytes * len(pieces))
}
