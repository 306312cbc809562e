package expr

import (
	"fmt"
	"sort"
)

// compiler turns nodes into closures and collects what is wrong with them.
type compiler struct {
	place  Place
	this   []*shape // of .?[ ] and .![ ], innermost last
	faults Faults
	uses   map[string]bool
}

func (c *compiler) fail(offset int, format string, args ...any) {
	c.faults = append(c.faults, Fault{offset, fmt.Sprintf(format, args...)})
}

// failing stands for a node that has a fault: it is never run.
func failing(*state) (Value, error) { return Value{}, nil }

// node compiles one operation and says what is known about its value.
func (c *compiler) node(n *node) (eval, *shape) {
	switch n.op {
	case opLiteral:
		v := n.value
		return func(s *state) (Value, error) { return v, s.step() }, shapeOf(v)
	case opVariable:
		return c.variable(n)
	case opName:
		return c.bare(n)
	case opCall:
		return c.call(n)
	case opProperty:
		return c.property(n)
	case opMethod:
		if n.args[0].op == opType {
			return c.static(n)
		}
		return c.method(n)
	case opType:
		c.fail(n.offset, "T(%s) is no value: call one of its methods", n.name)
		return failing, anyShape
	case opIndex:
		return c.index(n)
	case opSelect:
		return c.selection(n)
	case opProject:
		return c.projection(n)
	case opList:
		return c.list(n)
	case opMap:
		return c.mapping(n)
	case opUnary:
		return c.unary(n)
	case opTernary:
		return c.ternary(n)
	}
	return c.binary(n)
}

func (c *compiler) variable(n *node) (eval, *shape) {
	name := n.name
	if name == "this" {
		if len(c.this) == 0 {
			c.fail(n.offset, "#this exists only in .?[ ] and .![ ]")
			return failing, anyShape
		}
		return func(s *state) (Value, error) { return s.items[len(s.items)-1], s.step() }, c.this[len(c.this)-1]
	}
	if name == "secrets" && missing(name, c.place) == "" {
		c.fail(n.offset, "#secrets is read by get('/env/NAME') or get('/file/NAME:key'), in one piece")
		return failing, anyShape
	}
	return c.scoped(n)
}

// scoped compiles a variable of the scope.
func (c *compiler) scoped(n *node) (eval, *shape) {
	name := n.name
	declared, known := variables[name]
	if !known {
		c.fail(n.offset, "unknown variable #%s%s", name, didYouMean(name, "#", variables))
		return failing, anyShape
	}
	if why := missing(name, c.place); why != "" {
		c.fail(n.offset, "%s", why)
		return failing, anyShape
	}
	c.uses[name] = true
	return func(s *state) (Value, error) {
		if err := s.step(); err != nil {
			return Value{}, at(n.offset, err)
		}
		v, err := s.scope.Variable(name)
		if err != nil {
			return Value{}, at(n.offset, fmt.Errorf("#%s: %w", name, err))
		}
		return v, nil
	}, declared
}

// bare compiles a name without #: a property of #this.
func (c *compiler) bare(n *node) (eval, *shape) {
	if len(c.this) == 0 {
		hint := ": a variable starts with #, a text stands in quotes"
		if _, known := variables[n.name]; known {
			hint = fmt.Sprintf(": did you mean #%s?", n.name)
		}
		c.fail(n.offset, "unknown name %q%s", n.name, hint)
		return failing, anyShape
	}
	this := &node{op: opVariable, offset: n.offset, name: "this"}
	return c.property(&node{op: opProperty, offset: n.offset, name: n.name, args: []*node{this}})
}

func (c *compiler) ternary(n *node) (eval, *shape) {
	condition := c.condition(n.args[0])
	yes, one := c.node(n.args[1])
	no, other := c.node(n.args[2])
	return func(s *state) (Value, error) {
		ok, err := condition(s)
		if err != nil {
			return Value{}, err
		}
		if ok {
			return yes(s)
		}
		return no(s)
	}, either(one, other)
}

// condition compiles a node that is asked for a boolean.
func (c *compiler) condition(n *node) func(*state) (bool, error) {
	e, shape := c.node(n)
	if !shape.may(Bool, Text) {
		c.fail(n.offset, "%s is no boolean", shape.kind)
	}
	return func(s *state) (bool, error) {
		v, err := e(s)
		if err != nil {
			return false, err
		}
		ok, err := v.flag()
		if err != nil {
			return false, at(n.offset, err)
		}
		return ok, nil
	}
}

// operands compiles nodes in their order.
func (c *compiler) operands(nodes []*node) ([]eval, []*shape) {
	evals, shapes := make([]eval, len(nodes)), make([]*shape, len(nodes))
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

func (c *compiler) list(n *node) (eval, *shape) {
	evals, shapes := c.operands(n.args)
	item := nullShape
	for _, s := range shapes {
		item = either(item, s)
	}
	return func(s *state) (Value, error) {
		if err := s.take(itemBytes * len(evals)); err != nil {
			return Value{}, at(n.offset, err)
		}
		list, err := s.values(evals)
		return ListValue(list), err
	}, listOf(item)
}

func (c *compiler) mapping(n *node) (eval, *shape) {
	evals, shapes := c.operands(n.args)
	item := nullShape
	for i := 1; i < len(shapes); i += 2 {
		item = either(item, shapes[i])
	}
	return func(s *state) (Value, error) {
		if err := s.take(itemBytes * len(evals)); err != nil {
			return Value{}, at(n.offset, err)
		}
		list, err := s.values(evals)
		if err != nil {
			return Value{}, err
		}
		m := newEntries()
		for i := 0; i < len(list); i += 2 {
			key, err := s.written(list[i])
			if err != nil {
				return Value{}, at(n.offset, err)
			}
			m.set(key, list[i+1])
		}
		return MapValue(m), nil
	}, mapOf(item)
}

// inOrder sorts faults by their offsets.
func (c *compiler) inOrder() Faults {
	sort.SliceStable(c.faults, func(i, j int) bool { return c.faults[i].Offset < c.faults[j].Offset })
	return c.faults
}
