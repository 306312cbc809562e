package docs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/dialect"
	"github.com/penstock-dev/penstock/generator/internal/goname"
	"github.com/penstock-dev/penstock/generator/internal/model"
	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// openAPI is an OpenAPI 3.1 document.
type openAPI struct {
	OpenAPI    string                           `json:"openapi"`
	Info       info                             `json:"info"`
	Servers    []map[string]string              `json:"servers"`
	Paths      map[string]map[string]*operation `json:"paths"`
	Components components                       `json:"components"`
}

// operation is what one method of a path does.
type operation struct {
	OperationID string         `json:"operationId"`
	Summary     string         `json:"summary,omitempty"`
	Description string         `json:"description,omitempty"`
	Tags        []string       `json:"tags,omitempty"`
	Parameters  []any          `json:"parameters,omitempty"`
	RequestBody any            `json:"requestBody,omitempty"`
	Responses   map[string]any `json:"responses"`

	Security []map[string][]string `json:"security,omitempty"`
}

// OpenAPI writes the OpenAPI document of a model: every route of the gateway, and no other.
// Paths are relative to the server, whose path is the base path.
func OpenAPI(m *model.Model, set dialect.Set) ([]byte, error) {
	var ours components
	if err := json.Unmarshal(componentsText, &ours); err != nil {
		return nil, fmt.Errorf("read components.json: %w", err)
	}
	w := newWriter(m, set, slices.Collect(maps.Keys(ours.Schemas))...)
	out := openAPI{
		OpenAPI: "3.1.0", Info: newInfo(m), Servers: []map[string]string{{"url": m.BasePath}},
		Paths: map[string]map[string]*operation{},
	}
	var ids goname.Set
	for _, op := range m.Operations {
		for i, e := range op.Entrypoints {
			id := op.Name
			if i > 0 {
				id += "-" + string(e.Kind)
			}
			made := w.operation(op, e)
			path := out.Paths[e.Path]
			if path == nil {
				path = map[string]*operation{}
				out.Paths[e.Path] = path
			}
			method := strings.ToLower(e.Method)
			if before := path[method]; before != nil {
				before.add(made)
				continue
			}
			made.OperationID = ids.Free(id)
			path[method] = made
		}
	}
	if err := w.complete(&out, ours); err != nil {
		return nil, err
	}
	return encode(out)
}

// complete adds the components that the paths refer to.
func (w *writer) complete(out *openAPI, ours components) error {
	for name, s := range w.model.SecuritySchemes {
		if out.Components.SecuritySchemes == nil {
			out.Components.SecuritySchemes = map[string]any{}
		}
		out.Components.SecuritySchemes[key(name)] = openAPIScheme(s)
	}
	text, err := encode(out.Paths)
	if err != nil {
		return err
	}
	refers := func(kind, name string) bool {
		return bytes.Contains(text, []byte(`"#/components/`+kind+`/`+name+`"`))
	}
	keep := func(kind string, all map[string]any) map[string]any {
		kept := map[string]any{}
		for _, name := range slices.Sorted(maps.Keys(all)) {
			if refers(kind, name) {
				kept[name] = all[name]
				more, encodeErr := encode(all[name])
				if encodeErr != nil {
					err = encodeErr
				}
				text = append(text, more...)
			}
		}
		return kept
	}
	out.Components.Parameters = keep("parameters", ours.Parameters)
	out.Components.Responses = keep("responses", ours.Responses)
	out.Components.Schemas = keep("schemas", ours.Schemas)
	if err != nil {
		return err
	}
	return w.used(out.Components.Schemas, text)
}

// add joins an entrypoint that shares path and method with another: Accept and Upgrade tell them
// apart.
func (o *operation) add(other *operation) {
	o.Description = strings.TrimSpace(o.Description + "\n\n" + other.Description)
	for _, tag := range other.Tags {
		if !slices.Contains(o.Tags, tag) {
			o.Tags = append(o.Tags, tag)
		}
	}
	for _, p := range other.Parameters {
		if !slices.ContainsFunc(o.Parameters, func(have any) bool { return sameParameter(have, p) }) {
			o.Parameters = append(o.Parameters, p)
		}
	}
	for status, response := range other.Responses {
		have, ok := o.Responses[status].(map[string]any)
		added, _ := response.(map[string]any)
		if !ok {
			o.Responses[status] = response
			continue
		}
		content, both := have["content"].(map[string]any)
		more, more2 := added["content"].(map[string]any)
		if both && more2 {
			maps.Copy(content, more)
			have["description"] = fmt.Sprint(have["description"], " ", added["description"])
		}
	}
}

func sameParameter(a, b any) bool {
	left, _ := a.(map[string]any)
	right, _ := b.(map[string]any)
	return left["$ref"] == right["$ref"] && left["name"] == right["name"] && left["in"] == right["in"]
}

// operation describes one entrypoint.
func (w *writer) operation(op *model.Operation, e *model.Entrypoint) *operation {
	out := &operation{Summary: op.Summary, Tags: op.Tags, Responses: map[string]any{}}
	out.Description = strings.TrimSpace(op.Description)
	for _, p := range e.Params {
		out.Parameters = append(out.Parameters, pathParameter(p))
	}
	switch e.Kind {
	case endpoint.HTTPPost:
		w.post(out, op, e)
	case endpoint.HTTPGet:
		w.get(out, op, e)
	case endpoint.SSE:
		w.sse(out, op, e)
	case endpoint.WebSocket:
		w.socket(out, e)
	}
	w.guard(out, op, e)
	return out
}

// pathParameter describes a {name} of a path.
func pathParameter(p endpoint.Param) any {
	schema := map[string]any{"type": "string"}
	if p.Enum != nil {
		schema["enum"] = p.Enum
	} else {
		schema["pattern"] = "^[A-Za-z0-9_-]{1,64}$"
	}
	return map[string]any{"name": p.Name, "in": "path", "required": true, "schema": schema}
}

// parameter refers to a parameter of components.json.
func (o *operation) parameter(names ...string) {
	for _, name := range names {
		o.Parameters = append(o.Parameters, map[string]any{"$ref": "#/components/parameters/" + name})
	}
}

// problems adds the statuses of failures.
func (o *operation) problems(statuses ...string) {
	for _, status := range statuses {
		o.Responses[status] = map[string]any{"$ref": "#/components/responses/Problem"}
	}
}
