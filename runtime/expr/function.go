package expr

import (
	"fmt"
	"regexp"

	"github.com/penstock-dev/penstock/runtime/expr/internal/jsonpath"
	"github.com/penstock-dev/penstock/runtime/expr/internal/shape"
	"github.com/penstock-dev/penstock/runtime/expr/internal/syntax"
	"github.com/penstock-dev/penstock/runtime/expr/internal/value"
)

// functions are called by #name(…).
var functions = map[string]bool{"jsonPath": true}

// call compiles #name(…): there is one function.
func (c *compiler) call(n *syntax.Node) (eval, *shape.Shape) {
	if !functions[n.Name] {
		c.fail(n.Offset, "unknown function #%s%s", n.Name, didYouMean(n.Name, "#", functions))
		return failing, shape.Any
	}
	return c.jsonPath(n)
}

// jsonPath compiles #jsonPath(text, path), after RFC 9535: $, .name, ['name'], [n], [*], .* and
// .. before them; no filters, slices and unions. A path to one value gives it, or null where
// there is none; a path with * or .. gives a list.
func (c *compiler) jsonPath(n *syntax.Node) (eval, *shape.Shape) {
	if len(n.Args) != 2 {
		c.fail(n.Offset, "#jsonPath takes 2 arguments, not %d", len(n.Args))
		return failing, shape.Any
	}
	operands, shapes := c.operands(n.Args)
	if !shapes[0].May(value.Text, value.List, value.Map) {
		c.fail(n.Args[0].Offset, "#jsonPath reads a text, not %s", shapes[0].Kind)
	}
	if !shapes[1].May(value.Text) {
		c.fail(n.Args[1].Offset, "a JSON path is a text, not %s", shapes[1].Kind)
	}
	var constant []jsonpath.Step
	isConstant := n.Args[1].Op == syntax.OpText
	if isConstant {
		steps, err := jsonpath.Parse(n.Args[1].Text)
		if err != nil {
			c.fail(n.Args[1].Offset, "%v", err)
		}
		constant = steps
	}
	return func(s *state) (Value, error) {
		list, err := s.values(operands)
		if err != nil {
			return Value{}, err
		}
		steps := constant
		if !isConstant {
			if steps, err = jsonpath.Of(&s.Budget, list[1]); err != nil {
				return Value{}, at(n.Offset, err)
			}
		}
		v, err := jsonpath.Follow(&s.Budget, list[0], steps)
		return v, placed(n.Offset, err)
	}, shape.Any
}

var secretName = regexp.MustCompile(`^/(env/[A-Za-z_][A-Za-z0-9_]*|file/[^/:\\.][^/:\\]*(:[^:]+)?)$`)

// secret compiles #secrets.get('…'): a literal, so that no request chooses what is read. The
// scope's object #secrets is asked for the property of that name.
func (c *compiler) secret(n *syntax.Node) (eval, *shape.Shape) {
	receiver, _ := c.scoped(n.Args[0])
	switch args := n.Args[1:]; {
	case n.Name != "get":
		c.fail(n.Offset, "#secrets has no method %q: it has get", n.Name)
	case len(args) != 1:
		c.fail(n.Offset, "get takes 1 argument, not %d", len(args))
	case args[0].Op != syntax.OpText:
		c.fail(args[0].Offset, "the name of a secret is a text in quotes: nothing computed")
	case !secretName.MatchString(args[0].Text):
		c.fail(args[0].Offset, "%q names no secret: write /env/NAME, /file/NAME or /file/NAME:key", args[0].Text)
	default:
		name := args[0].Text
		return func(s *state) (Value, error) {
			v, err := receiver(s)
			if err != nil {
				return Value{}, err
			}
			if v.Kind() != value.Structure {
				return Value{}, at(n.Offset, fmt.Errorf("#secrets is %s", v.Kind()))
			}
			v, err = value.AsObject(v).Property(name)
			return v, placed(n.Offset, err)
		}, shape.Text
	}
	return failing, shape.Any
}
