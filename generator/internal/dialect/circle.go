package dialect

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/generator/internal/model"
)

// A schema whose check of a value needs its own check of the same value has no meaning, and a
// validator would not end. Documents have it in one form: a base lists its kinds by oneOf, and
// each kind is allOf the base. There the kind means the base without the list. Any other circle
// is an error.

// inPlace are the keywords whose schemas check the same value.
var inPlace = []string{"allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas"}

// circles finds and cuts the circles of a set.
type circles struct {
	set    Set
	byName map[string]*model.Schema
	stack  []step
	done   map[string]bool
	issues []document.Issue
}

// step is one reference on the way: the schema it stands in, whether it stands under a oneOf or
// anyOf at the top of that schema, and whether it is all of that schema or of an alternative.
type step struct {
	schema  string
	choice  bool
	alone   bool
	holder  map[string]any // object with the $ref
	towards string
}

// cut removes the circles from the set.
func (c *circles) cut() {
	for _, name := range slices.Sorted(maps.Keys(c.set)) {
		c.visit(name)
	}
}

func (c *circles) visit(name string) {
	if c.done[name] {
		return
	}
	c.references(name, c.set[name], place{top: true, alone: true})
	c.done[name] = true
}

// place is where a part of a schema stands: it is the whole of it, stands under a oneOf or anyOf of
// the whole, is the whole or an alternative of it.
type place struct{ top, choice, alone bool }

// below is the place of what a keyword has.
func (p place) below(keyword string) place {
	list := keyword == "oneOf" || keyword == "anyOf"
	return place{choice: p.choice || p.top && list, alone: p.alone && list}
}

// references follows the references of a schema that check the same value.
func (c *circles) references(name string, schema Schema, at place) {
	object, ok := schema.(map[string]any)
	if !ok {
		return
	}
	if ref, ok := object["$ref"].(string); ok {
		c.follow(step{schema: name, choice: at.choice, alone: at.alone && saysNothing(object), holder: object, towards: strings.TrimPrefix(ref, RefPrefix)})
	}
	for _, key := range inPlace {
		under := at.below(key)
		switch value := object[key].(type) {
		case []any:
			for _, item := range value {
				c.references(name, item, under)
			}
		case map[string]any:
			if key != "dependentSchemas" {
				c.references(name, value, under)
				continue
			}
			for _, member := range slices.Sorted(maps.Keys(value)) {
				c.references(name, value[member], under)
			}
		}
	}
}

// saysNothing reports whether a reference has no keyword beside it that checks.
func saysNothing(object map[string]any) bool {
	for key := range object {
		if key != "$ref" && !slices.Contains(annotations, key) {
			return false
		}
	}
	return true
}

// follow goes on behind a reference, or cuts the circle that it closes. A kind that is nothing but its
// base, or one of several, would accept what the base does without its list: anything, mostly.
func (c *circles) follow(s step) {
	c.stack = append(c.stack, s)
	defer func() { c.stack = c.stack[:len(c.stack)-1] }()
	first := slices.IndexFunc(c.stack, func(t step) bool { return t.schema == s.towards })
	if first < 0 {
		c.visit(s.towards)
		return
	}
	circle := c.stack[first:]
	for i, t := range circle {
		into := circle[(i+len(circle)-1)%len(circle)]
		if t.choice && !into.alone {
			c.withoutChoice(into.holder, t.schema)
			return
		}
	}
	delete(s.holder, "$ref")
	c.issues = append(c.issues, document.Issue{Pos: c.byName[s.schema].Pos, Message: fmt.Sprintf(
		"schema %q refers to itself, by way of %q, for one and the same value: no value can be checked by it", s.schema, s.towards)})
}

// withoutChoice replaces a reference by a copy of the schema without its list of kinds.
func (c *circles) withoutChoice(holder map[string]any, base string) {
	object, _ := c.set[base].(map[string]any)
	rest, _ := Map(object, func(map[string]any) {}).(map[string]any)
	for _, key := range []string{"oneOf", "anyOf", "discriminator"} {
		delete(rest, key)
	}
	delete(holder, "$ref")
	list, _ := holder["allOf"].([]any)
	holder["allOf"] = append(slices.Clone(list), rest)
}
