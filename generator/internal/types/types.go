// Package types makes Go types of schemas. It decides names and shapes, and lets oapi-codegen
// write the declarations.
//
// oapi-codegen understands a part of JSON Schema, copies text of the document into Go without
// quoting and names what has no name by rules of its own. It is therefore given a document that
// holds plain shapes only: structs, maps, slices, unions, enumerations and basic types, each with
// a final and unique Go name.
package types

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"

	"github.com/penstock-dev/penstock/generator/internal/dialect"
	"github.com/penstock-dev/penstock/generator/internal/goname"
)

// Input says which types to make.
type Input struct {
	Package string
	Schemas dialect.Set
	// Roots are the schemas that need a type; those that they refer to get one too.
	Roots []string
	// Reserved are the exported names that the package declares elsewhere.
	Reserved []string
}

// Output is the declarations of a package.
type Output struct {
	Source  string            // declarations, without package clause and imports
	Imports []Import          // what Source uses, the standard library first
	Names   map[string]string // Go type of each schema that has one
}

// Import is one line of an import declaration.
type Import struct {
	Name  string // "" when it is the last element of the path
	Path  string
	Other bool // not of the standard library
	Gap   bool // an empty line comes before it
}

// Generate makes the types. The same input gives the same output, to the byte.
func Generate(in Input) (Output, error) {
	b := newBuilder(in)
	b.declareAll()
	b.breakCycles()
	if len(b.out) == 0 {
		return Output{}, nil
	}
	source, err := declarations(in.Package, b.out)
	if err != nil {
		return Output{}, fmt.Errorf("types of package %q: %w", in.Package, err)
	}
	imports, err := usedImports(source)
	if err != nil {
		return Output{}, fmt.Errorf("types of package %q: %w", in.Package, err)
	}
	return Output{Source: source, Imports: imports, Names: b.names}, nil
}

// codegenMutex guards oapi-codegen, which keeps its options in package variables.
var codegenMutex sync.Mutex

// header replaces oapi-codegen's package clause and imports. It holds a newline, because a text
// without one is taken for a file or an address.
const header = "package {{.PackageName}}\n"

// declarations is the only caller of oapi-codegen.
func declarations(pkg string, schemas openapi3.Schemas) (string, error) {
	doc := &openapi3.T{
		OpenAPI:    "3.0.3", // nullable as a flag: one spelling for one meaning
		Info:       &openapi3.Info{Title: pkg, Version: "0"},
		Paths:      openapi3.NewPaths(),
		Components: &openapi3.Components{Schemas: schemas},
	}
	codegenMutex.Lock()
	defer codegenMutex.Unlock()
	source, err := codegen.Generate(doc, codegen.Configuration{
		PackageName:   pkg,
		Generate:      codegen.GenerateOptions{Models: true},
		Compatibility: codegen.CompatibilityOptions{AlwaysPrefixEnumValues: true},
		OutputOptions: codegen.OutputOptions{
			SkipFmt:                   true, // it would look for imports in the modules of the machine
			SkipPrune:                 true,
			DisableTypeAliasesForType: []string{"array"}, // an alias of itself does not compile
			PreferSkipOptionalPointerOnContainerTypes: true,
			TypeMapping: &codegen.TypeMapping{
				Number: codegen.FormatMapping{Default: codegen.SimpleTypeSpec{Type: "float64"}},
			},
			UserTemplates: map[string]string{"imports.tmpl": header},
		},
	})
	if err != nil {
		return "", err
	}
	_, body, found := strings.Cut(source, "package "+pkg+"\n")
	if !found {
		return "", fmt.Errorf("oapi-codegen gave no package clause")
	}
	return strings.TrimLeft(body, "\n"), nil
}

// builder collects the shapes of a package.
type builder struct {
	schemas  dialect.Set
	roots    []string
	names    map[string]string // schema → Go type
	scope    goname.Set        // package level: types and constants
	out      openapi3.Schemas
	held     map[string][]holding
	looked   map[uintptr]view          // by the address of the schema
	combined map[string]map[string]any // schemas of properties that several members of an allOf have
	declared map[uintptr]string        // types of schemas without a name
	open     map[uintptr]bool          // lists and maps without a name that are being made
	owner    string                    // type that is being declared
}

func newBuilder(in Input) *builder {
	b := &builder{
		schemas: in.Schemas, names: map[string]string{}, out: openapi3.Schemas{},
		held: map[string][]holding{}, looked: map[uintptr]view{},
		combined: map[string]map[string]any{}, declared: map[uintptr]string{}, open: map[uintptr]bool{},
	}
	b.scope.Reserve(in.Reserved...)
	b.roots = reachable(in.Schemas, in.Roots)
	for _, schema := range b.roots {
		b.names[schema] = b.scope.Free(typeName(schema))
	}
	return b
}

// declareAll gives every schema its declaration.
func (b *builder) declareAll() {
	for _, schema := range b.roots {
		b.owner = b.names[schema]
		ref := b.root(schema)
		if ref.Value.Description == "" {
			ref.Value.Description = "is the schema " + strings.ReplaceAll(goname.Prose(schema), "\n", " ") + "."
		}
		b.out[b.owner] = ref
	}
}

// root is the declaration of a schema of the document.
func (b *builder) root(schema string) *openapi3.SchemaRef {
	v := b.named(schema)
	if v.ref == "" {
		return &openapi3.SchemaRef{Value: b.shape(&v, b.owner)}
	}
	if target, ok := b.resolve(schema); ok {
		return refTo(b.names[target], documented(&v))
	}
	return &openapi3.SchemaRef{Value: &openapi3.Schema{}} // references in a circle say nothing
}

// resolve follows a schema that is nothing but a reference to the one that is more.
func (b *builder) resolve(schema string) (string, bool) {
	for range len(b.schemas) + 1 {
		v := b.named(schema)
		if v.ref == "" {
			return schema, true
		}
		schema = v.ref
	}
	return "", false
}

// typeName is the Go name that a schema asks for.
func typeName(schema string) string {
	name := goname.Exported(schema)
	if name == "" || name[0] >= '0' && name[0] <= '9' {
		return "Schema" + name
	}
	return name
}

// refTo refers to a declared type. What stands in value counts for the place of the reference.
func refTo(name string, value *openapi3.Schema) *openapi3.SchemaRef {
	return openapi3.NewSchemaRef(dialect.RefPrefix+name, value)
}

// reachable lists the schemas that roots are or refer to, sorted.
func reachable(schemas dialect.Set, roots []string) []string {
	found := map[string]bool{}
	todo := slices.Clone(roots)
	for len(todo) > 0 {
		schema := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if _, known := schemas[schema]; !known || found[schema] {
			continue
		}
		found[schema] = true
		todo = append(todo, dialect.Refs(schemas[schema])...)
	}
	return slices.Sorted(maps.Keys(found))
}
