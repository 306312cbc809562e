// Package method is the allow-list of the language: the methods of texts, lists, maps, numbers
// and of the types that T(name) names, with the arguments that they take. Nothing else can be
// called from an expression.
package method

import (
	"fmt"
	"strings"

	"github.com/penstock-dev/penstock/runtime/expr/internal/bounds"
	"github.com/penstock-dev/penstock/runtime/expr/internal/shape"
	"github.com/penstock-dev/penstock/runtime/expr/internal/value"
)

// Method is one entry of the allow-list.
type Method struct {
	Args    []value.Kind // kinds of the arguments; Any takes everything
	Min     int          // how many of them must be there
	Result  *shape.Shape // nil: an item of the receiver
	Regular int          // 1: the first argument is a regular expression; 2: one for the whole text
	Run     func(budget *bounds.Budget, in Call) (value.Value, error)
}

// Call is one run of a method.
type Call struct {
	On   value.Value // receiver; null for a static method
	Args []value.Value
	Re   *Matcher // where the method takes a regular expression
}

// ByKind are the methods of values, by the kind of the receiver and by their names.
var ByKind = map[value.Kind]map[string]Method{
	value.Text: textMethods, value.List: listMethods, value.Map: mapMethods, value.Bool: plainMethods, value.Int: numberMethods, value.Float: numberMethods,
}

// Everywhere are the methods of any kind, for a receiver about which nothing is known.
func Everywhere() map[string][]Method {
	all := map[string][]Method{}
	for _, kind := range []value.Kind{value.Text, value.List, value.Map, value.Bool, value.Int} {
		for name, m := range ByKind[kind] {
			all[name] = append(all[name], m)
		}
	}
	return all
}

// Invoke runs a method of a value. regular gives the regular expression that its first argument
// is, where the method takes one.
func Invoke(budget *bounds.Budget, name string, on value.Value, args []value.Value, regular func(*bounds.Budget, value.Value) (*Matcher, error)) (value.Value, error) {
	m, known := ByKind[on.Kind()][name]
	if !known {
		return value.Value{}, fmt.Errorf("%s has no method %q", on.Kind(), name)
	}
	if why := m.Problem(name, args); why != "" {
		return value.Value{}, fmt.Errorf("%s", why)
	}
	if err := budget.Look(len(value.AsText(on))); err != nil {
		return value.Value{}, err
	}
	in := Call{On: on, Args: args}
	if m.Regular > 0 {
		re, err := regular(budget, args[0])
		if err != nil {
			return value.Value{}, err
		}
		in.Re = re
	}
	return m.Run(budget, in)
}

// Problem says why arguments do not fit; "" when they do.
func (m Method) Problem(name string, args []value.Value) string {
	shapes := make([]*shape.Shape, len(args))
	for i, v := range args {
		shapes[i] = shape.Of(v)
		if v.Kind() == value.Null && i < len(m.Args) && m.Args[i] != value.Any {
			return fmt.Sprintf("argument %d of %s is null, not %s", i+1, name, m.Args[i])
		}
		if v.Kind() > value.Text {
			shapes[i] = &shape.Shape{Kind: v.Kind()}
		}
	}
	return m.Mismatch(name, shapes)
}

// Mismatch compares what is known about arguments with what the method takes.
func (m Method) Mismatch(name string, args []*shape.Shape) string {
	if len(args) < m.Min || len(args) > len(m.Args) {
		return fmt.Sprintf("%s takes %s, not %d", name, m.arity(), len(args))
	}
	for i, a := range args {
		if want := m.Args[i]; want != value.Any && !a.May(want) || want == value.Int && a.Kind == value.Float {
			return fmt.Sprintf("argument %d of %s must be %s, not %s", i+1, name, wanted(want), given(want, a.Kind))
		}
	}
	return ""
}

func wanted(k value.Kind) string {
	if k == value.Int {
		return "a whole number"
	}
	return k.String()
}

func given(want, k value.Kind) string {
	if want == value.Int && k == value.Float {
		return "a fraction"
	}
	return k.String()
}

func (m Method) arity() string {
	counts := []string{"no argument", "1 argument", "2 arguments", "3 arguments"}
	if m.Min == len(m.Args) {
		return counts[m.Min]
	}
	return strings.Fields(counts[m.Min])[0] + " or " + counts[len(m.Args)]
}
