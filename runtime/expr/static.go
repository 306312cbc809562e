package expr

import (
	"errors"

	"github.com/penstock-dev/penstock/runtime/expr/internal/method"
	"github.com/penstock-dev/penstock/runtime/expr/internal/shape"
	"github.com/penstock-dev/penstock/runtime/expr/internal/syntax"
)

// static compiles T(type).method(args).
func (c *compiler) static(n *syntax.Node) (eval, *shape.Shape) {
	t := n.Args[0]
	args, shapes := c.operands(n.Args[1:])
	known, ok := method.Static[t.Name]
	if !ok {
		known, ok = method.Static["java.lang."+t.Name]
	}
	if !ok {
		c.fail(t.Offset, "the type %s is not allowed%s", t.Name, didYouMean(t.Name, "", method.Static))
		return failing, shape.Any
	}
	m, ok := known[n.Name]
	if !ok {
		c.fail(n.Offset, "T(%s) has no method %q%s", t.Name, n.Name, didYouMean(n.Name, "", known))
		return failing, shape.Any
	}
	if why := m.Mismatch(n.Name, shapes); why != "" {
		c.fail(n.Offset, "%s", why)
		return failing, shape.Any
	}
	return func(s *state) (Value, error) {
		list, err := s.values(args)
		if err != nil {
			return Value{}, err
		}
		if why := m.Problem(n.Name, list); why != "" {
			return Value{}, at(n.Offset, errors.New(why))
		}
		if err = s.Step(); err != nil {
			return Value{}, at(n.Offset, err)
		}
		v, err := m.Run(&s.Budget, method.Call{Args: list})
		return v, placed(n.Offset, err)
	}, m.Result
}
