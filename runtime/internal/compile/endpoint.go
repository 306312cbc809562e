package compile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/config"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
	"github.com/penstock-dev/penstock/schema"
)

// endpointObject is the endpoint object in force, with its defaults, as far as an operation
// needs it. text is the whole of it.
type endpointObject struct {
	text endpoint.JSON

	Name    string   `json:"name"`
	Tenants []string `json:"tenants"`
	Shared  struct {
		Producer struct {
			Enabled         bool     `json:"enabled"`
			Topics          []string `json:"topics"`
			CompressionType string   `json:"compressionType"`
		} `json:"producer"`
		Consumer struct {
			Enabled               bool      `json:"enabled"`
			Topics                []string  `json:"topics"`
			TopicPattern          string    `json:"topicPattern"`
			EncodeMessageID       bool      `json:"encodeMessageId"`
			AutoOffsetReset       qos.Reset `json:"autoOffsetReset"`
			CheckTopicExistence   bool      `json:"checkTopicExistence"`
			RemoveConfluentHeader bool      `json:"removeConfluentHeader"`
		} `json:"consumer"`
	} `json:"sharedConfigurationOverride"`
}

// endpoint merges the endpoint object with the configuration and checks the result.
func (c *compiler) endpoint() endpointObject {
	var object endpointObject
	value, err := decode(string(c.d.Endpoints[0]))
	if err != nil {
		c.fail(fmt.Errorf("endpoint of the descriptor: %w", err))
		return object
	}
	name := Endpoint(c.d)
	patch := c.in.Config.Endpoints[name]
	if inherit, _ := patch["inheritConfiguration"].(bool); inherit {
		c.report(config.Pointer("endpoints", name), "/inheritConfiguration",
			"is decided in the document: the configuration changes what was chosen there")
	}
	merged := schema.Merge(value, any(patch))
	if patch == nil {
		merged = schema.Canonical(value)
	}
	for _, issue := range schema.Validate(schema.Endpoint, schema.Evaluated, merged) {
		c.report(config.Pointer("endpoints", name), issue.Pointer, issue.Message)
	}
	for _, pointer := range schema.Expressions(merged) {
		c.report(config.Pointer("endpoints", name), pointer, "expressions are not served by this version")
	}
	text, err := json.Marshal(schema.ApplyDefaults(schema.Endpoint, merged))
	if err == nil {
		err = json.Unmarshal(text, &object)
	}
	if err != nil && len(c.problems) == 0 { // else the schema has said it better
		c.fail(fmt.Errorf("endpoint %q: %w", name, err))
	}
	object.text = endpoint.JSON(text)
	if tenant := c.in.Tenant; tenant != "" && len(object.Tenants) > 0 && !slices.Contains(object.Tenants, tenant) {
		c.fail(fmt.Errorf("endpoint %q is for the tenants %s, this gateway's is %q", name, strings.Join(object.Tenants, ", "), tenant))
	}
	return object
}

// Endpoint is the name of a descriptor's endpoint, by which the configuration changes it.
func Endpoint(d endpoint.Descriptor) string {
	var named struct {
		Name string `json:"name"`
	}
	if err := json.Unmarshal([]byte(d.Endpoints[0]), &named); err != nil || named.Name == "" {
		return "default"
	}
	return named.Name
}

// report adds a problem with a value, with the place that the value came from: the
// configuration where it wrote it or something nearer above it, else the document. group is
// where the value's object stands in the configuration of the api.
func (c *compiler) report(group, pointer, text string) {
	place, at := c.in.Config.Place(group + pointer)
	source, from := origin(c.d.Origin, pointer)
	if len(at)-len(group) <= len(from) && source != "" || len(at) <= len(group) {
		place = source
	}
	c.problems = append(c.problems, &config.Problem{
		Place: place, Text: fmt.Sprintf("operation %q of api %q: %s", c.d.Operation, c.d.API, text), Pointer: pointer,
	})
}

// origin finds the source of the value at a pointer, or of the nearest one above it.
func origin(origins []endpoint.Origin, pointer string) (source, at string) {
	for ; ; pointer = pointer[:strings.LastIndexByte(pointer, '/')] {
		for _, o := range origins {
			if o.Pointer == pointer && o.Source != "default" {
				return o.Source, pointer
			}
		}
		if pointer == "" {
			return "", ""
		}
	}
}

// decode reads a JSON object, numbers as they are written.
func decode(text string) (map[string]any, error) {
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.UseNumber()
	var object map[string]any
	if err := decoder.Decode(&object); err != nil {
		return nil, err
	}
	if object == nil {
		return nil, errors.New("not an object")
	}
	return object, nil
}
