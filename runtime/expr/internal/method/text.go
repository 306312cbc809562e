package method

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/penstock-dev/penstock/runtime/expr/internal/bounds"
	"github.com/penstock-dev/penstock/runtime/expr/internal/shape"
	"github.com/penstock-dev/penstock/runtime/expr/internal/value"
)

// textTest makes a method that compares the text with another one.
func textTest(test func(a, b string) bool) Method {
	return Method{Args: []value.Kind{value.Text}, Min: 1, Result: shape.Bool, Run: func(_ *bounds.Budget, in Call) (value.Value, error) {
		return value.OfBool(test(value.AsText(in.On), value.AsText(in.Args[0]))), nil
	}}
}

// textChange makes a method that gives another text.
func textChange(change func(string) string) Method {
	return Method{Result: shape.Text, Run: func(budget *bounds.Budget, in Call) (value.Value, error) {
		if err := budget.Take(len(value.AsText(in.On))); err != nil {
			return value.Value{}, err
		}
		return value.OfText(change(value.AsText(in.On))), nil
	}}
}

// textMethods are methods of java.lang.String, by the same names. Characters count as Unicode
// code points.
var textMethods = map[string]Method{
	"length": {Result: shape.Int, Run: func(_ *bounds.Budget, in Call) (value.Value, error) {
		return value.OfInt(int64(utf8.RuneCountInString(value.AsText(in.On)))), nil
	}},
	"isEmpty": {Result: shape.Bool, Run: func(_ *bounds.Budget, in Call) (value.Value, error) {
		return value.OfBool(value.AsText(in.On) == ""), nil
	}},
	"isBlank": {Result: shape.Bool, Run: func(_ *bounds.Budget, in Call) (value.Value, error) {
		return value.OfBool(strings.TrimSpace(value.AsText(in.On)) == ""), nil
	}},
	"toUpperCase": textChange(strings.ToUpper), "toLowerCase": textChange(strings.ToLower),
	"trim": textChange(strings.TrimSpace), "strip": textChange(strings.TrimSpace), "toString": textChange(strings.Clone),
	"contains": textTest(strings.Contains), "startsWith": textTest(strings.HasPrefix), "endsWith": textTest(strings.HasSuffix),
	"equalsIgnoreCase": textTest(strings.EqualFold),
	"equals":           equals,
	"compareTo": {Args: []value.Kind{value.Text}, Min: 1, Result: shape.Int, Run: func(_ *bounds.Budget, in Call) (value.Value, error) {
		return value.OfInt(int64(strings.Compare(value.AsText(in.On), value.AsText(in.Args[0])))), nil
	}},
	"concat": {Args: []value.Kind{value.Text}, Min: 1, Result: shape.Text, Run: func(budget *bounds.Budget, in Call) (value.Value, error) {
		if err := budget.Take(len(value.AsText(in.On)) + len(value.AsText(in.Args[0]))); err != nil {
			return value.Value{}, err
		}
		return value.OfText(value.AsText(in.On) + value.AsText(in.Args[0])), nil
	}},
	"repeat": {Args: []value.Kind{value.Int}, Min: 1, Result: shape.Text, Run: func(budget *bounds.Budget, in Call) (value.Value, error) {
		return value.Repeat(budget, value.AsText(in.On), value.AsInt(in.Args[0]))
	}},
	"indexOf":     {Args: []value.Kind{value.Text}, Min: 1, Result: shape.Int, Run: found(strings.Index)},
	"lastIndexOf": {Args: []value.Kind{value.Text}, Min: 1, Result: shape.Int, Run: found(strings.LastIndex)},
	"charAt": {Args: []value.Kind{value.Int}, Min: 1, Result: shape.Text, Run: func(budget *bounds.Budget, in Call) (value.Value, error) {
		return value.Character(budget, value.AsText(in.On), value.AsInt(in.Args[0]))
	}},
	"substring":    {Args: []value.Kind{value.Int, value.Int}, Min: 1, Result: shape.Text, Run: substring},
	"replace":      {Args: []value.Kind{value.Text, value.Text}, Min: 2, Result: shape.Text, Run: replace},
	"replaceAll":   {Args: []value.Kind{value.Text, value.Text}, Min: 2, Result: shape.Text, Regular: 1, Run: replaceAll},
	"replaceFirst": {Args: []value.Kind{value.Text, value.Text}, Min: 2, Result: shape.Text, Regular: 1, Run: replaceFirst},
	"split":        {Args: []value.Kind{value.Text}, Min: 1, Result: shape.Texts, Regular: 1, Run: split},
	"matches": {Args: []value.Kind{value.Text}, Min: 1, Result: shape.Bool, Regular: 2, Run: func(budget *bounds.Budget, in Call) (value.Value, error) {
		if err := in.Re.Look(budget, value.AsText(in.On)); err != nil {
			return value.Value{}, err
		}
		return value.OfBool(in.Re.MatchString(value.AsText(in.On))), nil
	}},
}

// found counts the characters before a text; -1 where it is not found.
func found(find func(text, part string) int) func(*bounds.Budget, Call) (value.Value, error) {
	return func(_ *bounds.Budget, in Call) (value.Value, error) {
		i := find(value.AsText(in.On), value.AsText(in.Args[0]))
		if i > 0 {
			i = utf8.RuneCountInString(value.AsText(in.On)[:i])
		}
		return value.OfInt(int64(i)), nil
	}
}

func substring(_ *bounds.Budget, in Call) (value.Value, error) {
	text := value.AsText(in.On)
	from, to := value.Offset(text, value.AsInt(in.Args[0])), len(text)
	if len(in.Args) == 2 {
		to = value.Offset(text, value.AsInt(in.Args[1]))
	}
	if from < 0 || to < from {
		return value.Value{}, fmt.Errorf("the range is not in the text: it has %s", value.Counted(utf8.RuneCountInString(text), "character"))
	}
	return value.OfText(text[from:to]), nil
}

// replace counts what it makes before it makes it.
func replace(budget *bounds.Budget, in Call) (value.Value, error) {
	text, part, by := value.AsText(in.On), value.AsText(in.Args[0]), value.AsText(in.Args[1])
	if err := budget.Take(len(text) + strings.Count(text, part)*max(len(by)-len(part), 0)); err != nil {
		return value.Value{}, err
	}
	return value.OfText(strings.ReplaceAll(text, part, by)), nil
}

// maxPieces is how many places of a regular expression are looked for: a list of more items
// would be beyond the limit of bytes.
const maxPieces = bounds.MaxBytes / bounds.ItemBytes

var errTemplate = errors.New(`$ and \ in a replacement are not part of the language`)

func replaceAll(budget *bounds.Budget, in Call) (value.Value, error) {
	by := value.AsText(in.Args[1])
	if strings.ContainsAny(by, `$\`) {
		return value.Value{}, errTemplate
	}
	places, err := in.Re.all(budget, value.AsText(in.On))
	if err != nil {
		return value.Value{}, err
	}
	if err = budget.Take(len(value.AsText(in.On)) + len(places)*len(by)); err != nil {
		return value.Value{}, err
	}
	var b strings.Builder
	rest := 0
	for _, place := range places {
		b.WriteString(value.AsText(in.On)[rest:place[0]])
		b.WriteString(by)
		rest = place[1]
	}
	b.WriteString(value.AsText(in.On)[rest:])
	return value.OfText(b.String()), nil
}

func replaceFirst(budget *bounds.Budget, in Call) (value.Value, error) {
	by := value.AsText(in.Args[1])
	if strings.ContainsAny(by, `$\`) {
		return value.Value{}, errTemplate
	}
	if err := in.Re.Look(budget, value.AsText(in.On)); err != nil {
		return value.Value{}, err
	}
	place := in.Re.FindStringIndex(value.AsText(in.On))
	if place == nil {
		return in.On, nil
	}
	text := value.AsText(in.On)[:place[0]] + by + value.AsText(in.On)[place[1]:]
	return value.OfText(text), budget.Take(len(text))
}

// split cuts at a regular expression. Empty pieces at the end are left out, as in Java.
func split(budget *bounds.Budget, in Call) (value.Value, error) {
	if value.AsText(in.On) == "" {
		return value.OfTexts([]string{""}), nil
	}
	places, err := in.Re.all(budget, value.AsText(in.On))
	if err != nil {
		return value.Value{}, err
	}
	var pieces []string
	rest := 0
	for _, place := range places {
		if place[1] == 0 { // nothing stands before an empty match at the start
			continue
		}
		pieces = append(pieces, value.AsText(in.On)[rest:place[0]])
		rest = place[1]
	}
	pieces = append(pieces, value.AsText(in.On)[rest:])
	for len(pieces) > 0 && pieces[len(pieces)-1] == "" {
		pieces = pieces[:len(pieces)-1]
	}
	if pieces == nil {
		pieces = []string{}
	}
	return value.OfTexts(pieces), budget.Take(bounds.ItemBytes * len(pieces))
}
