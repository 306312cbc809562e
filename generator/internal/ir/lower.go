package ir

import (
	"fmt"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/dialect"
	"github.com/penstock-dev/penstock/generator/internal/docs"
	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/generator/internal/goname"
	"github.com/penstock-dev/penstock/generator/internal/model"
	"github.com/penstock-dev/penstock/generator/internal/types"
	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// Lower makes the package of a model. The issues are errors where the package is nil.
func Lower(m *model.Model) (*Package, []document.Issue) {
	l := &lowering{model: m, out: &Package{
		Name: m.API, GoName: goname.Exported(m.API), Source: m.Source, API: m.API,
		Title: line(m.Title), Version: m.Version, About: about(m),
	}}
	l.checkPackage()
	var issues []document.Issue
	l.set, issues = dialect.Normalise(m)
	l.issues = append(l.issues, issues...)
	l.name()
	if l.failed() {
		return nil, l.issues
	}
	if err := l.types(); err != nil {
		l.fail(l.start(), "%s", err)
		return nil, l.issues
	}
	l.payloads()
	l.hooks()
	if err := l.documents(); err != nil {
		l.fail(l.start(), "%s", err)
		return nil, l.issues
	}
	return l.out, l.issues
}

// documents writes what the api publishes about itself.
func (l *lowering) documents() (err error) {
	if len(l.model.Operations) == 0 {
		return nil
	}
	if l.out.OpenAPI, err = docs.OpenAPI(l.model, l.set); err != nil {
		return err
	}
	l.out.AsyncAPI, err = docs.AsyncAPI(l.model, l.set)
	return err
}

// about is the package comment: what the document says of itself.
func about(m *model.Model) string {
	text := "Package " + m.API + " is the Go side of " + line(m.Source) + "."
	if m.Title != "" {
		text = "Package " + m.API + " is the Go side of " + line(m.Title) + ", " + line(m.Source) + "."
	}
	if description := goname.Prose(m.Description); description != "" {
		text += "\n\n" + description
	}
	return text
}

// lowering is one run of Lower.
type lowering struct {
	model    *model.Model
	out      *Package
	set      dialect.Set
	exported goname.Set // package level
	scope    goname.Set // package level, unexported
	issues   []document.Issue
}

// reserved are the exported names that gateway.gen.go declares beside the operations' constants.
var reserved = []string{"Hooks", "Register", "Name"}

// shadowed are the unexported names that generated files use: imports, parameters, functions.
var shadowed = []string{
	"context", "embed", "endpoint", "errors", "fmt", "json", "openapi_types", "runtime", "time",
	"asyncAPI", "documents", "gw", "hooks", "openAPI",
}

// name gives every operation its Go name and everything that is made of it.
func (l *lowering) name() {
	l.exported.Reserve(reserved...)
	l.scope.Reserve(shadowed...)
	fields := map[string]string{} // field of Hooks → operation
	for _, op := range l.model.Operations {
		name := operationName(op.Name)
		if !goname.Legal(name) {
			l.fail(op.Pos, "operation %q has no Go name: give it %s that starts with a letter", op.Name, l.named("an operationId", "a key"))
			continue
		}
		lowered := &Operation{GoName: name, Const: "Operation" + name, Var: goname.Unexported(name)}
		if !goname.Legal(lowered.Var) {
			lowered.Var += "Operation"
		}
		lowered.Var = l.scope.Free(lowered.Var)
		for _, field := range hookFields(name, op) {
			if other, taken := fields[field]; taken {
				l.fail(op.Pos, "operations %q and %q both have the Go name %s: change one %s", other, op.Name, field, l.named("of them by operationId", "of the keys"))
			}
			fields[field] = op.Name
		}
		if l.exported.Reserve(lowered.Const) == "" {
			l.out.Operations = append(l.out.Operations, lowered)
		} else if _, taken := fields[name]; !taken {
			l.fail(op.Pos, "operation %q has the Go name %s, as another one: change one %s", op.Name, name, l.named("of them by operationId", "of the keys"))
		}
	}
}

// named chooses the word for what names operations: AsyncAPI 3 has no operationId.
func (l *lowering) named(id, key string) string {
	if strings.HasPrefix(l.model.Format, "AsyncAPI 3") {
		return key
	}
	return id
}

// operationName is the Go name of an operation; a method that a name was made from is a word.
func operationName(name string) string {
	if method, path, found := strings.Cut(name, " /"); found {
		name = strings.ToLower(method) + " " + path
	}
	return goname.Exported(name)
}

// hookFields lists the fields of Hooks that an operation has: publishing first.
func hookFields(name string, op *model.Operation) []string {
	switch {
	case op.Publish != nil && op.Subscribe != nil:
		return []string{name, name + "Stream"}
	case op.Publish != nil || op.Subscribe != nil:
		return []string{name}
	}
	return nil
}

// types makes the types of all payloads. Several messages of one direction become a union.
func (l *lowering) types() error {
	in := types.Input{Package: l.out.Name, Schemas: dialect.Set{}, Reserved: slices.Clone(reserved)}
	for name, schema := range l.set {
		in.Schemas[name] = schema
	}
	for i, op := range l.model.Operations {
		in.Reserved = append(in.Reserved, l.out.Operations[i].Const)
		for _, payload := range []*model.Payload{op.Publish, op.Subscribe} {
			schemas := payloadSchemas(payload)
			if len(schemas) > 1 {
				union := unionName(schemas)
				in.Schemas[union] = map[string]any{
					"description": "is one of the messages of " + line(op.Name) + ".", "oneOf": anyOf(schemas).(map[string]any)["anyOf"],
				}
				schemas = []string{union}
			}
			in.Roots = append(in.Roots, schemas...)
		}
	}
	out, err := types.Generate(in)
	l.out.Models = out
	return err
}

// payloadSchemas lists the schemas of the messages, each once; nil when one of them has none,
// because then any bytes may come.
func payloadSchemas(p *model.Payload) []string {
	if p == nil {
		return nil
	}
	var out []string
	for _, m := range p.Messages {
		if m.Schema == "" {
			return nil
		}
		if !slices.Contains(out, m.Schema) {
			out = append(out, m.Schema)
		}
	}
	return out
}

// headerSchemas does the same for headers.
func headerSchemas(p *model.Payload) []string {
	var out []string
	for _, m := range p.Messages {
		if m.Headers == "" {
			return nil
		}
		if !slices.Contains(out, m.Headers) {
			out = append(out, m.Headers)
		}
	}
	return out
}

// unionName is the key of a union that the document does not name. No schema of a document has a
// NUL in its name.
func unionName(schemas []string) string { return strings.Join(schemas, " or ") + "\x00" }

// start is the place of what concerns the whole document.
func (l *lowering) start() document.Pos { return l.model.Pos }

func (l *lowering) fail(pos document.Pos, format string, args ...any) {
	l.issues = append(l.issues, document.Issue{Pos: pos, Message: fmt.Sprintf(format, args...)})
}

func (l *lowering) failed() bool {
	return slices.ContainsFunc(l.issues, func(i document.Issue) bool { return !i.Warning })
}

// line makes one line of a text of the document.
func line(text string) string { return strings.Join(strings.Fields(goname.Prose(text)), " ") }

// kindConsts are the names of the constants of package endpoint.
var kindConsts = map[endpoint.Kind]string{
	endpoint.HTTPPost: "HTTPPost", endpoint.HTTPGet: "HTTPGet", endpoint.SSE: "SSE",
	endpoint.WebSocket: "WebSocket", endpoint.Webhook: "Webhook",
}
