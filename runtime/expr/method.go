package expr

import (
	"github.com/penstock-dev/penstock/runtime/expr/internal/bounds"
	"github.com/penstock-dev/penstock/runtime/expr/internal/method"
	"github.com/penstock-dev/penstock/runtime/expr/internal/shape"
	"github.com/penstock-dev/penstock/runtime/expr/internal/syntax"
	"github.com/penstock-dev/penstock/runtime/expr/internal/value"
)

// forbidden are methods by which expressions of other products reach further.
var forbidden = map[string]bool{"getClass": true, "class": true, "forName": true, "wait": true, "notify": true, "exec": true}

// method compiles a.b(c).
func (c *compiler) method(n *syntax.Node) (eval, *shape.Shape) {
	if r := n.Args[0]; r.Op == syntax.OpVariable && r.Name == "secrets" {
		return c.secret(n)
	}
	receiver, on := c.node(n.Args[0])
	args, shapes := c.operands(n.Args[1:])
	m, found := c.choose(n, on, shapes)
	if !found {
		return failing, shape.Any
	}
	regular := func(*bounds.Budget, Value) (*method.Matcher, error) { return nil, nil }
	if m.Regular > 0 {
		regular = c.regular(n.Args[1], m.Regular == 2)
	}
	result := m.Result
	if result == nil {
		if result = on.Item; result == nil {
			result = shape.Any
		}
	}
	if !on.Known() {
		result = shape.Any
	}
	return func(s *state) (Value, error) {
		v, err := receiver(s)
		if err != nil || v.Kind() == value.Null && n.Safe {
			return v, err
		}
		list, err := s.values(args)
		if err != nil {
			return Value{}, err
		}
		v, err = method.Invoke(&s.Budget, n.Name, v, list, regular)
		return v, placed(n.Offset, err)
	}, result
}

// choose finds the method and checks its arguments as far as the kinds are known.
func (c *compiler) choose(n *syntax.Node, receiver *shape.Shape, args []*shape.Shape) (method.Method, bool) {
	if forbidden[n.Name] {
		c.fail(n.Offset, "method %q is not allowed", n.Name)
		return method.Method{}, false
	}
	if !receiver.Known() {
		candidates := method.Everywhere()
		if candidates[n.Name] == nil {
			c.fail(n.Offset, "method %q is not allowed%s", n.Name, didYouMean(n.Name, "", candidates))
			return method.Method{}, false
		}
		why := ""
		for _, m := range candidates[n.Name] {
			if why = m.Mismatch(n.Name, args); why == "" {
				return m, true
			}
		}
		c.fail(n.Offset, "%s", why)
		return method.Method{}, false
	}
	name := receiver.Name
	if name == "" {
		name = receiver.Kind.String()
	}
	m, known := method.ByKind[receiver.Kind][n.Name]
	if !known {
		c.fail(n.Offset, "%s has no method %q%s", name, n.Name, didYouMean(n.Name, "", method.ByKind[receiver.Kind]))
		return method.Method{}, false
	}
	if why := m.Mismatch(n.Name, args); why != "" {
		c.fail(n.Offset, "%s", why)
		return method.Method{}, false
	}
	return m, true
}
