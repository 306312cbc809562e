package ir

import (
	"fmt"
	"maps"
	"slices"

	"github.com/penstock-dev/penstock/generator/internal/dialect"
	"github.com/penstock-dev/penstock/generator/internal/goname"
	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// validators collects the schema variables of a package.
type validators struct {
	set    dialect.Set
	scope  *goname.Set       // package level
	roots  map[string]string // what is checked → variable
	defs   map[string]string // schema → variable that other schemas refer to
	source []SchemaVar
	known  map[string]*known
}

// known is what is found out about a named schema once: many payloads reach the same ones.
type known struct {
	native *endpoint.Schema // Go data; nil when a keyword needs the fallback
	refs   []string         // the schemas that it names
}

// variable gives the variable that checks one of the named schemas; "" for no names. Messages of
// one direction are told apart by nothing but their content, so that one match is enough. Name
// and what say whose messages they are, for several.
func (v *validators) variable(name, what string, schemas []string) string {
	if len(schemas) == 0 {
		return ""
	}
	key := fmt.Sprintf("%q", schemas)
	if done := v.roots[key]; done != "" {
		return done
	}
	root, comment := anyOf(schemas), "checks "+what+"."
	if len(schemas) == 1 {
		name = schemas[0]
		root, comment = map[string]any{"$ref": dialect.RefPrefix + name}, "checks the schema "+name+"."
		if !slices.Contains(v.reachable(v.set[name]), name) {
			root = v.set[name] // nothing refers to it but the messages
		}
	}
	varName := v.scope.Free(goname.Unexported(identifier(name)) + "Schema")
	v.roots[key] = varName
	at := len(v.source)
	v.source = append(v.source, SchemaVar{}) // before the definitions that it brings
	v.source[at] = SchemaVar{Var: varName, Comment: varName + " " + goname.Prose(comment), Value: v.compile(root)}
	return varName
}

// compile makes the literal of a schema that a payload is checked by: Go data when it and all
// that it refers to can be that, else JSON.
func (v *validators) compile(root dialect.Schema) *Literal {
	refs := v.reachable(root)
	compiled, ok := native(root)
	for _, name := range refs {
		ok = ok && v.named(name).native != nil
	}
	if !ok {
		l := &Literal{}
		l.text("JSON", string(fallback(root, refs, v.set)))
		return l
	}
	l := literal(compiled)
	if len(refs) > 0 {
		var defs []Member
		for _, name := range refs {
			defs = append(defs, Member{Name: name, Var: v.def(name)})
		}
		l.add(Field{Name: "Defs", Defs: defs})
	}
	return l
}

// def gives the variable of a schema that others refer to.
func (v *validators) def(name string) string {
	if done := v.defs[name]; done != "" {
		return done
	}
	varName := v.scope.Free(goname.Unexported(identifier(name)) + "Def")
	v.defs[name] = varName
	compiled := v.named(name).native // the caller knows that it is
	v.source = append(v.source, SchemaVar{
		Var: varName, Comment: varName + " is the schema " + goname.Prose(name) + ", which others refer to.", Value: literal(compiled),
	})
	return varName
}

// reachable lists the schemas that a schema refers to, directly or not, sorted.
func (v *validators) reachable(root dialect.Schema) []string {
	found := map[string]bool{}
	todo := dialect.Refs(root)
	for len(todo) > 0 {
		name := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !found[name] {
			found[name] = true
			todo = append(todo, v.named(name).refs...)
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// named looks at a named schema, the first time.
func (v *validators) named(name string) *known {
	if done := v.known[name]; done != nil {
		return done
	}
	k := &known{refs: dialect.Refs(v.set[name])}
	if compiled, ok := native(v.set[name]); ok {
		k.native = compiled
	}
	if v.known == nil {
		v.known = map[string]*known{}
	}
	v.known[name] = k
	return k
}

// anyOf is the schema of several messages.
func anyOf(schemas []string) dialect.Schema {
	var branches []any
	for _, name := range schemas {
		branches = append(branches, map[string]any{"$ref": dialect.RefPrefix + name})
	}
	return map[string]any{"anyOf": branches}
}

// identifier is an exported identifier for a name of the document, whatever it is.
func identifier(name string) string {
	id := goname.Exported(name)
	if id == "" || id[0] >= '0' && id[0] <= '9' {
		return "Schema" + id
	}
	return id
}
