// Package docs writes the documents that a gateway publishes about itself: OpenAPI 3.1 for all of
// its routes, AsyncAPI 3.1 for its streams. They describe what web clients see, and hold nothing
// of Kafka: no annotations, servers or bindings.
package docs

import (
	"bytes"
	_ "embed" // components.json
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/dialect"
	"github.com/penstock-dev/penstock/generator/internal/model"
	"github.com/penstock-dev/penstock/runtime/endpoint"
)

//go:embed components.json
var componentsText []byte

// components are the named parts of a document.
type components struct {
	Schemas    map[string]any `json:"schemas,omitempty"`
	Responses  map[string]any `json:"responses,omitempty"`
	Parameters map[string]any `json:"parameters,omitempty"`

	SecuritySchemes map[string]any `json:"securitySchemes,omitempty"`
}

// info is the head of both kinds of documents.
type info struct {
	Title       string `json:"title"`
	Version     string `json:"version"`
	Description string `json:"description,omitempty"`
}

func newInfo(m *model.Model) info {
	head := info{Title: m.Title, Version: m.Version, Description: m.Description}
	if head.Title == "" {
		head.Title = m.API
	}
	return head
}

// writer holds what both documents need.
type writer struct {
	model *model.Model
	set   dialect.Set
	names map[string]string // schema → name of its component
}

func newWriter(m *model.Model, set dialect.Set, reserved ...string) *writer {
	return &writer{model: m, set: set, names: dialect.SafeNames(slices.Collect(maps.Keys(set)), reserved...)}
}

// payload is the schema of the messages of a direction; true when nothing is known about one.
func (w *writer) payload(p *model.Payload) any {
	var branches []any
	for _, m := range p.Messages {
		if m.Schema == "" {
			return map[string]any{}
		}
		branch := map[string]any{"$ref": dialect.RefPrefix + w.names[m.Schema]}
		if !slices.ContainsFunc(branches, func(other any) bool { return other.(map[string]any)["$ref"] == branch["$ref"] }) {
			branches = append(branches, branch)
		}
	}
	if len(branches) == 1 {
		return branches[0]
	}
	return map[string]any{"anyOf": branches}
}

// component copies a schema, its references pointing to components.
func (w *writer) component(name string) any {
	return dialect.Map(w.set[name], func(object map[string]any) {
		if ref, ok := object["$ref"].(string); ok {
			object["$ref"] = w.reference(ref)
		}
		if types, ok := object["type"].([]any); ok && len(types) == 1 {
			object["type"] = types[0]
		}
		discriminator, _ := object["discriminator"].(map[string]any)
		mapping, _ := discriminator["mapping"].(map[string]any)
		if mapping == nil {
			return
		}
		renamed := map[string]any{}
		for value, ref := range mapping {
			renamed[value] = w.reference(ref.(string))
		}
		object["discriminator"] = map[string]any{"propertyName": discriminator["propertyName"], "mapping": renamed}
	})
}

func (w *writer) reference(ref string) string {
	return dialect.RefPrefix + w.names[strings.TrimPrefix(ref, dialect.RefPrefix)]
}

// used adds the schemas to the components that the text of a document refers to, directly or by
// another one.
func (w *writer) used(into map[string]any, text []byte) error {
	schemas := make(map[string]string, len(w.names)) // by the name of the component
	for schema, name := range w.names {
		if w.set[schema] != nil {
			schemas[name] = schema
		}
	}
	for texts := [][]byte{text}; len(texts) > 0; texts = texts[1:] {
		for _, name := range references(texts[0]) {
			schema, known := schemas[name]
			if _, there := into[name]; there || !known {
				continue
			}
			into[name] = w.component(schema)
			more, err := encode(into[name])
			if err != nil {
				return err
			}
			texts = append(texts, more)
		}
	}
	return nil
}

// references lists the names of the schemas that a text of JSON refers to, as often as it does.
func references(text []byte) []string {
	var names []string
	for {
		_, rest, found := bytes.Cut(text, []byte(`"`+dialect.RefPrefix))
		if !found {
			return names
		}
		name, rest, _ := bytes.Cut(rest, []byte(`"`))
		names, text = append(names, string(name)), rest
	}
}

// level is the level of an entrypoint.
func level(e *model.Entrypoint) endpoint.QoS {
	text, _ := e.Config["qos"].(string)
	level, _ := endpoint.ParseQoS(text)
	return level
}

// encode writes JSON for people: indented, members sorted where a map holds them.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(v); err != nil {
		return nil, fmt.Errorf("write a published document: %w", err)
	}
	return b.Bytes(), nil
}
