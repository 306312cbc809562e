package expr

import (
	"fmt"
	"sort"

	"github.com/penstock-dev/penstock/runtime/expr/internal/bounds"
	"github.com/penstock-dev/penstock/runtime/expr/internal/shape"
	"github.com/penstock-dev/penstock/runtime/expr/internal/syntax"
	"github.com/penstock-dev/penstock/runtime/expr/internal/value"
)

// compiler turns nodes into closures and collects what is wrong with them.
type compiler struct {
	place  Place
	this   []*shape.Shape // of .?[ ] and .![ ], innermost last
	faults Faults
	uses   map[string]bool
}

func (c *compiler) fail(offset int, format string, args ...any) {
	c.faults = append(c.faults, Fault{offset, fmt.Sprintf(format, args...)})
}

// failing stands for a node that has a fault: it is never run.
func failing(*state) (Value, error) { return Value{}, nil }

// node compiles one operation and says what is known about its value.
func (c *compiler) node(n *syntax.Node) (eval, *shape.Shape) {
	if n.Literal() {
		v := literal(n)
		return func(s *state) (Value, error) { return v, s.Step() }, shape.Of(v)
	}
	switch n.Op {
	case syntax.OpVariable:
		return c.variable(n)
	case syntax.OpName:
		return c.bare(n)
	case syntax.OpCall:
		return c.call(n)
	case syntax.OpProperty:
		return c.property(n)
	case syntax.OpMethod:
		if n.Args[0].Op == syntax.OpType {
			return c.static(n)
		}
		return c.method(n)
	case syntax.OpType:
		c.fail(n.Offset, "T(%s) is no value: call one of its methods", n.Name)
		return failing, shape.Any
	case syntax.OpIndex:
		return c.index(n)
	case syntax.OpSelect:
		return c.selection(n)
	case syntax.OpProject:
		return c.projection(n)
	case syntax.OpList:
		return c.list(n)
	case syntax.OpMap:
		return c.mapping(n)
	case syntax.OpUnary:
		return c.unary(n)
	case syntax.OpTernary:
		return c.ternary(n)
	}
	return c.binary(n)
}

// literal is the value that stands in the text.
func literal(n *syntax.Node) Value {
	switch n.Op {
	case syntax.OpFalse, syntax.OpTrue:
		return value.OfBool(n.Op == syntax.OpTrue)
	case syntax.OpInt:
		return value.OfInt(n.Int)
	case syntax.OpFloat:
		return value.OfFloat(n.Float)
	case syntax.OpText:
		return value.OfText(n.Text)
	}
	return Value{}
}

func (c *compiler) variable(n *syntax.Node) (eval, *shape.Shape) {
	name := n.Name
	if name == "this" {
		if len(c.this) == 0 {
			c.fail(n.Offset, "#this exists only in .?[ ] and .![ ]")
			return failing, shape.Any
		}
		return func(s *state) (Value, error) { return s.items[len(s.items)-1], s.Step() }, c.this[len(c.this)-1]
	}
	if name == "secrets" && missing(name, c.place) == "" {
		c.fail(n.Offset, "#secrets is read by get('/env/NAME') or get('/file/NAME:key'), in one piece")
		return failing, shape.Any
	}
	return c.scoped(n)
}

// scoped compiles a variable of the scope.
func (c *compiler) scoped(n *syntax.Node) (eval, *shape.Shape) {
	name := n.Name
	declared, known := variables[name]
	if !known {
		c.fail(n.Offset, "unknown variable #%s%s", name, didYouMean(name, "#", variables))
		return failing, shape.Any
	}
	if why := missing(name, c.place); why != "" {
		c.fail(n.Offset, "%s", why)
		return failing, shape.Any
	}
	c.uses[name] = true
	return func(s *state) (Value, error) {
		if err := s.Step(); err != nil {
			return Value{}, at(n.Offset, err)
		}
		v, err := s.scope.Variable(name)
		if err != nil {
			return Value{}, at(n.Offset, fmt.Errorf("#%s: %w", name, err))
		}
		return v, nil
	}, declared
}

// bare compiles a name without #: a property of #this.
func (c *compiler) bare(n *syntax.Node) (eval, *shape.Shape) {
	if len(c.this) == 0 {
		hint := ": a variable starts with #, a text stands in quotes"
		if _, known := variables[n.Name]; known {
			hint = fmt.Sprintf(": did you mean #%s?", n.Name)
		}
		c.fail(n.Offset, "unknown name %q%s", n.Name, hint)
		return failing, shape.Any
	}
	this := &syntax.Node{Op: syntax.OpVariable, Offset: n.Offset, Name: "this"}
	return c.property(&syntax.Node{Op: syntax.OpProperty, Offset: n.Offset, Name: n.Name, Args: []*syntax.Node{this}})
}

func (c *compiler) ternary(n *syntax.Node) (eval, *shape.Shape) {
	condition := c.condition(n.Args[0])
	yes, one := c.node(n.Args[1])
	no, other := c.node(n.Args[2])
	return func(s *state) (Value, error) {
		ok, err := condition(s)
		if err != nil {
			return Value{}, err
		}
		if ok {
			return yes(s)
		}
		return no(s)
	}, shape.Either(one, other)
}

// condition compiles a node that is asked for a boolean.
func (c *compiler) condition(n *syntax.Node) func(*state) (bool, error) {
	e, on := c.node(n)
	if !on.May(value.Bool, value.Text) {
		c.fail(n.Offset, "%s is no boolean", on.Kind)
	}
	return func(s *state) (bool, error) {
		v, err := e(s)
		if err != nil {
			return false, err
		}
		ok, err := value.Flag(v)
		if err != nil {
			return false, at(n.Offset, err)
		}
		return ok, nil
	}
}

// operands compiles nodes in their order.
func (c *compiler) operands(nodes []*syntax.Node) ([]eval, []*shape.Shape) {
	evals, shapes := make([]eval, len(nodes)), make([]*shape.Shape, len(nodes))
	for i, n := range nodes {
		evals[i], shapes[i] = c.node(n)
	}
	return evals, shapes
}

// values computes operands.
func (s *state) values(evals []eval) ([]Value, error) {
	list := make([]Value, len(evals))
	for i, e := range evals {
		v, err := e(s)
		if err != nil {
			return nil, err
		}
		list[i] = v
	}
	return list, nil
}

func (c *compiler) list(n *syntax.Node) (eval, *shape.Shape) {
	evals, shapes := c.operands(n.Args)
	item := shape.Null
	for _, s := range shapes {
		item = shape.Either(item, s)
	}
	return func(s *state) (Value, error) {
		if err := s.Take(bounds.ItemBytes * len(evals)); err != nil {
			return Value{}, at(n.Offset, err)
		}
		list, err := s.values(evals)
		return value.OfList(list), err
	}, shape.ListOf(item)
}

func (c *compiler) mapping(n *syntax.Node) (eval, *shape.Shape) {
	evals, shapes := c.operands(n.Args)
	item := shape.Null
	for i := 1; i < len(shapes); i += 2 {
		item = shape.Either(item, shapes[i])
	}
	return func(s *state) (Value, error) {
		if err := s.Take(bounds.ItemBytes * len(evals)); err != nil {
			return Value{}, at(n.Offset, err)
		}
		list, err := s.values(evals)
		if err != nil {
			return Value{}, err
		}
		m := value.NewEntries()
		for i := 0; i < len(list); i += 2 {
			key, err := value.Written(&s.Budget, list[i])
			if err != nil {
				return Value{}, at(n.Offset, err)
			}
			m.Set(key, list[i+1])
		}
		return value.OfMap(m), nil
	}, shape.MapOf(item)
}

// inOrder sorts faults by their offsets.
func (c *compiler) inOrder() Faults {
	sort.SliceStable(c.faults, func(i, j int) bool { return c.faults[i].Offset < c.faults[j].Offset })
	return c.faults
}
