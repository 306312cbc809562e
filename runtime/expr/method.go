package expr

import (
	"fmt"
	"strings"

	"github.com/penstock-dev/penstock/runtime/expr/internal/syntax"
)

// method is one entry of the allow-list.
type method struct {
	args    []Kind // kinds of the arguments; Any takes everything
	min     int    // how many of them must be there
	result  *shape // nil: an item of the receiver
	regular int    // 1: the first argument is a regular expression; 2: one for the whole text
	run     func(s *state, in call) (Value, error)
}

// call is one run of a method.
type call struct {
	on   Value // receiver; null for a static method
	args []Value
	re   *matcher // where the method takes a regular expression
}

// methods is the allow-list, by the kind of the receiver. Nothing else can be called.
var methods = map[Kind]map[string]method{
	Text: textMethods, List: listMethods, Map: mapMethods, Bool: plainMethods, Int: numberMethods, Float: numberMethods,
}

// everywhere are the methods of any kind, for a receiver about which nothing is known.
func everywhere() map[string][]method {
	all := map[string][]method{}
	for _, kind := range []Kind{Text, List, Map, Bool, Int} {
		for name, m := range methods[kind] {
			all[name] = append(all[name], m)
		}
	}
	return all
}

// forbidden are methods by which expressions of other products reach further.
var forbidden = map[string]bool{"getClass": true, "class": true, "forName": true, "wait": true, "notify": true, "exec": true}

// method compiles a.b(c).
func (c *compiler) method(n *syntax.Node) (eval, *shape) {
	if r := n.Args[0]; r.Op == syntax.OpVariable && r.Name == "secrets" {
		return c.secret(n)
	}
	receiver, shape := c.node(n.Args[0])
	args, shapes := c.operands(n.Args[1:])
	m, found := c.choose(n, shape, shapes)
	if !found {
		return failing, anyShape
	}
	regular := func(*state, Value) (*matcher, error) { return nil, nil }
	if m.regular > 0 {
		regular = c.regular(n.Args[1], m.regular == 2)
	}
	result := m.result
	if result == nil {
		if result = shape.item; result == nil {
			result = anyShape
		}
	}
	if !shape.known() {
		result = anyShape
	}
	return func(s *state) (Value, error) {
		v, err := receiver(s)
		if err != nil || v.kind == Null && n.Safe {
			return v, err
		}
		list, err := s.values(args)
		if err != nil {
			return Value{}, err
		}
		v, err = s.invoke(n.Name, v, list, regular)
		return v, placed(n.Offset, err)
	}, result
}

// invoke runs a method of the allow-list.
func (s *state) invoke(name string, on Value, args []Value, regular func(*state, Value) (*matcher, error)) (Value, error) {
	m, known := methods[on.kind][name]
	if !known {
		return Value{}, fmt.Errorf("%s has no method %q", on.kind, name)
	}
	if why := m.problem(name, args); why != "" {
		return Value{}, fmt.Errorf("%s", why)
	}
	if err := s.look(len(on.text)); err != nil {
		return Value{}, err
	}
	in := call{on: on, args: args}
	if m.regular > 0 {
		re, err := regular(s, args[0])
		if err != nil {
			return Value{}, err
		}
		in.re = re
	}
	return m.run(s, in)
}

// choose finds the method and checks its arguments as far as the kinds are known.
func (c *compiler) choose(n *syntax.Node, receiver *shape, args []*shape) (method, bool) {
	if forbidden[n.Name] {
		c.fail(n.Offset, "method %q is not allowed", n.Name)
		return method{}, false
	}
	if !receiver.known() {
		candidates := everywhere()
		if candidates[n.Name] == nil {
			c.fail(n.Offset, "method %q is not allowed%s", n.Name, didYouMean(n.Name, "", candidates))
			return method{}, false
		}
		why := ""
		for _, m := range candidates[n.Name] {
			if why = m.mismatch(n.Name, args); why == "" {
				return m, true
			}
		}
		c.fail(n.Offset, "%s", why)
		return method{}, false
	}
	name := receiver.name
	if name == "" {
		name = receiver.kind.String()
	}
	m, known := methods[receiver.kind][n.Name]
	if !known {
		c.fail(n.Offset, "%s has no method %q%s", name, n.Name, didYouMean(n.Name, "", methods[receiver.kind]))
		return method{}, false
	}
	if why := m.mismatch(n.Name, args); why != "" {
		c.fail(n.Offset, "%s", why)
		return method{}, false
	}
	return m, true
}

// problem says why arguments do not fit; "" when they do.
func (m method) problem(name string, args []Value) string {
	shapes := make([]*shape, len(args))
	for i, v := range args {
		shapes[i] = shapeOf(v)
		if v.kind == Null && i < len(m.args) && m.args[i] != Any {
			return fmt.Sprintf("argument %d of %s is null, not %s", i+1, name, m.args[i])
		}
		if v.kind > Text {
			shapes[i] = &shape{kind: v.kind}
		}
	}
	return m.mismatch(name, shapes)
}

// mismatch compares what is known about arguments with what the method takes.
func (m method) mismatch(name string, args []*shape) string {
	if len(args) < m.min || len(args) > len(m.args) {
		return fmt.Sprintf("%s takes %s, not %d", name, m.arity(), len(args))
	}
	for i, a := range args {
		if want := m.args[i]; want != Any && !a.may(want) || want == Int && a.kind == Float {
			return fmt.Sprintf("argument %d of %s must be %s, not %s", i+1, name, wanted(want), given(want, a.kind))
		}
	}
	return ""
}

func wanted(k Kind) string {
	if k == Int {
		return "a whole number"
	}
	return k.String()
}

func given(want, k Kind) string {
	if want == Int && k == Float {
		return "a fraction"
	}
	return k.String()
}

func (m method) arity() string {
	counts := []string{"no argument", "1 argument", "2 arguments", "3 arguments"}
	if m.min == len(m.args) {
		return counts[m.min]
	}
	return strings.Fields(counts[m.min])[0] + " or " + counts[len(m.args)]
}
