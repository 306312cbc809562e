package generator

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/generator/internal/model"
	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/schema"
)

// Explanation is the effective configuration of one document.
type Explanation struct {
	API        string               `json:"api"`
	Source     string               `json:"source"`
	Format     string               `json:"format"`
	BasePath   string               `json:"basePath"`
	Operations []ExplainedOperation `json:"operations"`
}

// ExplainedOperation is the effective configuration of one operation.
type ExplainedOperation struct {
	Name   string           `json:"name"`
	Source string           `json:"source"` // file:line:col
	Routes []ExplainedRoute `json:"routes"`
	Values []ExplainedValue `json:"values"`
	// Example is a payload to publish, as JSON; "" when the operation publishes none with a schema.
	Example string `json:"example,omitempty"`
	// Headers says that published messages have headers with a schema of their own.
	Headers bool `json:"-"`
}

// ExplainedRoute is one entrypoint with its whole path.
type ExplainedRoute struct {
	Entrypoint string `json:"entrypoint"`
	Method     string `json:"method"`
	Path       string `json:"path"`
	Source     string `json:"source"` // file:line:col
	// Example is the path with a value for each parameter: the first of its enumeration, else its name.
	Example string `json:"-"`
	// Guarded says that callers need credentials, or have to fulfil a condition.
	Guarded bool `json:"-"`
}

// ExplainedValue is one effective value.
type ExplainedValue struct {
	// Endpoint names the endpoint where the operation has several; else it is "".
	Endpoint string `json:"endpoint,omitempty"`
	// Pointer is a JSON pointer into the endpoint object, or into the object of entrypoints;
	// "topic" for the topic that the document itself names, "attribute <name>" for an assignment,
	// "allow <property>" for what requests may choose.
	Pointer string `json:"pointer"`
	Value   string `json:"value"`  // as JSON; a secret is "REDACTED"
	Source  string `json:"source"` // file:line:col, or "default"
}

// Explain gives the effective configuration of every operation of some documents, and where
// each value came from. Secrets are REDACTED. A document with errors has no explanation;
// endpoint files are only checked.
func Explain(files ...string) ([]Explanation, []Issue) {
	models, issues := load(document.Disk{}, files)
	return explainAll(models), issues
}

func explainAll(models []*model.Model) []Explanation {
	explanations := make([]Explanation, 0, len(models))
	for _, m := range models {
		explanations = append(explanations, explain(m))
	}
	return explanations
}

func explain(m *model.Model) Explanation {
	e := Explanation{API: m.API, Source: m.Source, Format: m.Format, BasePath: m.BasePath, Operations: []ExplainedOperation{}}
	for _, op := range m.Operations {
		o := ExplainedOperation{Name: op.Name, Source: op.Pos.String(), Example: sampleOf(m, op)}
		o.Headers = op.Publish != nil && op.Publish.Messages[0].Headers != ""
		for _, ep := range op.Entrypoints {
			o.Routes = append(o.Routes, routeOf(m, op, ep))
		}
		o.Values = valuesOf(op)
		e.Operations = append(e.Operations, o)
	}
	return e
}

func routeOf(m *model.Model, op *model.Operation, ep *model.Entrypoint) ExplainedRoute {
	path := strings.TrimSuffix(m.BasePath, "/") + ep.Path
	example := path
	for _, p := range ep.Params {
		value := p.Name
		if len(p.Enum) > 0 {
			value = p.Enum[0]
		}
		example = strings.ReplaceAll(example, "{"+p.Name+"}", value)
	}
	return ExplainedRoute{
		Entrypoint: string(ep.Kind), Method: ep.Method, Path: path, Source: ep.Pos.String(),
		Example: example, Guarded: len(op.Security) > 0 || ep.Config["condition"] != nil,
	}
}

// valuesOf lists what is in force for an operation.
func valuesOf(op *model.Operation) []ExplainedValue {
	var values []ExplainedValue
	if op.Topic.Template != "" {
		values = append(values, ExplainedValue{Pointer: "topic", Value: fmt.Sprintf("%q", op.Topic.Template), Source: op.TopicPos.String()})
	}
	for _, origin := range op.Origins {
		value := ExplainedValue{Pointer: origin.Pointer, Value: origin.Value, Source: origin.Source}
		if len(op.Endpoints) > 1 {
			value.Endpoint = origin.Endpoint
		}
		values = append(values, value)
	}
	for _, a := range op.Attributes {
		values = append(values, ExplainedValue{Pointer: "attribute " + a.Name, Value: string(shown(a)), Source: a.Source})
	}
	for _, allowed := range op.AllowOrigins {
		values = append(values, ExplainedValue{Pointer: "allow " + allowed.Pointer, Value: allowed.Value, Source: allowed.Source})
	}
	return values
}

// shown is the value of an attribute, REDACTED where it sets a secret.
func shown(a endpoint.Attribute) endpoint.JSON {
	if schema.SecretAttribute(a.Name) {
		return `"REDACTED"`
	}
	return a.Value
}

// WriteText writes the explanation for people: a line for each value, in columns.
func (e Explanation) WriteText(w io.Writer) error {
	columns := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(columns, "%s (%s, %s, base path %s)\n", e.API, e.Source, e.Format, e.BasePath)
	for _, op := range e.Operations {
		fmt.Fprintf(columns, "\n%s (%s)\n", op.Name, op.Source)
		for _, r := range op.Routes {
			fmt.Fprintf(columns, "  %s %s\t%s\t%s\n", r.Method, r.Path, r.Entrypoint, r.Source)
		}
		for _, v := range op.Values {
			name := v.Pointer
			if v.Endpoint != "" {
				name = v.Endpoint + " " + name
			}
			fmt.Fprintf(columns, "  %s\t%s\t%s\n", name, v.Value, v.Source)
		}
	}
	if err := columns.Flush(); err != nil {
		return fmt.Errorf("write the explanation: %w", err)
	}
	return nil
}
