package validate

import (
	"cmp"
	"fmt"
	"strconv"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/validate/sentence"
)

// compiler turns the schemas of one root into nodes.
type compiler struct {
	defs map[string]*endpoint.Schema
	refs map[string]*node // compiled or being compiled: references may go round through values
}

func compile(s *endpoint.Schema) (*node, error) {
	k := &compiler{defs: s.Defs, refs: map[string]*node{}}
	root, err := k.schema(s, "")
	if err != nil {
		return nil, err
	}
	for name := range s.Defs {
		if _, err := k.ref(name, ""); err != nil {
			return nil, err
		}
	}
	if err := k.circles(root); err != nil {
		return nil, err
	}
	return root, nil
}

// schema compiles the schema at a place; nil and a schema without rules let everything pass.
func (k *compiler) schema(s *endpoint.Schema, at string) (*node, error) {
	if s == nil {
		return nil, nil
	}
	if s.Ref != "" {
		return k.ref(s.Ref, at)
	}
	n := new(node)
	return n, k.fill(n, s, at)
}

// ref finds the node of a definition, through references that are definitions themselves.
func (k *compiler) ref(name, at string) (*node, error) {
	first := name
	for hops := 0; ; hops++ {
		s, ok := k.defs[name]
		switch {
		case !ok:
			return nil, wrong(at, "reference to unknown definition %q", name)
		case hops > len(k.defs):
			return nil, wrong(at, "reference to %q goes in a circle", first)
		case s == nil:
			return nil, nil
		}
		if s.Ref != "" {
			name = s.Ref
			continue
		}
		if n, ok := k.refs[name]; ok {
			return n, nil
		}
		n := new(node)
		k.refs[name] = n
		return n, k.fill(n, s, "/$defs/"+name)
	}
}

func (k *compiler) fill(n *node, s *endpoint.Schema, at string) error {
	if s.JSON != "" {
		return wrong(at, "JSON text inside another schema")
	}
	n.never = s.Never
	if n.types = s.Types; n.types != 0 {
		n.wrong = "must be " + sentence.Types(n.types) + ", not "
	}
	for _, part := range []func(*node, *endpoint.Schema, string) error{
		k.enum, k.numbers, k.texts, k.arrays, k.objects, k.alternatives,
	} {
		if err := part(n, s, at); err != nil {
			return err
		}
	}
	return nil
}

func (k *compiler) enum(n *node, s *endpoint.Schema, at string) error {
	list, keyword := s.Enum, "enum"
	if s.Const != "" {
		list, keyword = []endpoint.JSON{s.Const}, "const"
	}
	if list == nil {
		return nil
	}
	var err error
	if n.enum, err = compileValues(list); err != nil {
		return wrong(at, "%s: %w", keyword, err)
	}
	if s.Const != "" && s.Enum != nil {
		// Both must hold: the other one becomes a schema of its own.
		n.combined = true
		more := new(node)
		n.allOf = append(n.allOf, more)
		return k.enum(more, &endpoint.Schema{Enum: s.Enum}, at)
	}
	return nil
}

func (k *compiler) arrays(n *node, s *endpoint.Schema, at string) error {
	if s.Items == nil && s.MinItems == 0 && s.MaxItems == nil && !s.UniqueItems {
		return nil
	}
	items, err := k.schema(s.Items, at+"/items")
	if err != nil {
		return err
	}
	r := &arrayRules{items: items, min: s.MinItems, max: -1, unique: s.UniqueItems}
	r.few = sentence.AtLeast(r.min, "item")
	if s.MaxItems != nil {
		r.max, r.many = *s.MaxItems, sentence.AtMost(*s.MaxItems, "item")
	}
	n.arrays = r
	return nil
}

func (k *compiler) alternatives(n *node, s *endpoint.Schema, at string) error {
	all, err := k.list(s.AllOf, at+"/allOf/")
	if err != nil {
		return err
	}
	n.allOf = append(n.allOf, all...)
	if len(s.AnyOf) > 0 {
		nodes, err := k.list(s.AnyOf, at+"/anyOf/")
		if err != nil {
			return err
		}
		n.anyOf = &choice{nodes, sentence.NoneOf(len(nodes))}
	}
	if len(s.OneOf) > 0 {
		nodes, err := k.list(s.OneOf, at+"/oneOf/")
		if err != nil {
			return err
		}
		n.oneOf = &choice{nodes, sentence.NotOne(len(nodes))}
	}
	n.combined = len(n.allOf) > 0 || n.anyOf != nil || n.oneOf != nil
	if n.onlyAlternatives() {
		n.alone = cmp.Or(n.anyOf, n.oneOf)
	}
	return nil
}

func (k *compiler) list(schemas []*endpoint.Schema, at string) ([]*node, error) {
	nodes := make([]*node, len(schemas))
	for i, s := range schemas {
		var err error
		if nodes[i], err = k.schema(s, at+strconv.Itoa(i)); err != nil {
			return nil, err
		}
	}
	return nodes, nil
}

// circles refuses definitions that apply themselves to the same value without end.
func (k *compiler) circles(root *node) error {
	const open, closed = 1, 2
	state := map[*node]int{}
	var visit func(n *node) bool
	visit = func(n *node) bool {
		if n == nil || state[n] == closed {
			return true
		}
		if state[n] == open {
			return false
		}
		state[n] = open
		for _, next := range n.inPlace() {
			if !visit(next) {
				return false
			}
		}
		state[n] = closed
		return true
	}
	if !visit(root) {
		return wrong("", "applies itself to the same value without end")
	}
	for name, n := range k.refs {
		if !visit(n) {
			return wrong("/$defs/"+name, "applies itself to the same value without end")
		}
	}
	return nil
}

// inPlace are the nodes that apply to the same value.
func (n *node) inPlace() []*node {
	nodes := append([]*node(nil), n.allOf...)
	if n.anyOf != nil {
		nodes = append(nodes, n.anyOf.nodes...)
	}
	if n.oneOf != nil {
		nodes = append(nodes, n.oneOf.nodes...)
	}
	return nodes
}

// wrong is an error at a place of the schema.
func wrong(at, format string, args ...any) error {
	return fmt.Errorf("schema at %q: "+format, append([]any{at}, args...)...)
}
