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
	"github.com/penstock-dev/penstock/runtime/internal/override"
	"github.com/penstock-dev/penstock/schema"
)

// object is an endpoint object in force, without its defaults. The named members are those that
// neither an expression nor an attribute decides.
type object struct {
	merged map[string]any

	Name      string
	Weight    int      `json:"weight"`
	Secondary bool     `json:"secondary"`
	Tenants   []string `json:"tenants"`
	Shared    struct {
		Producer side `json:"producer"`
		Consumer side `json:"consumer"`
	} `json:"sharedConfigurationOverride"`
}

// side is the producer or the consumer of an endpoint.
type side struct {
	Enabled bool `json:"enabled"`
	// Topics and TopicPattern are there or not; what they say can be an expression.
	Topics       any `json:"topics"`
	TopicPattern any `json:"topicPattern"`
}

// Endpoints are the names of a descriptor's endpoints, by which the configuration changes them.
func Endpoints(d endpoint.Descriptor) []string {
	names := make([]string, len(d.Endpoints))
	for i, text := range d.Endpoints {
		names[i] = nameOf(text)
	}
	return names
}

func nameOf(text endpoint.JSON) string {
	var named struct {
		Name string `json:"name"`
	}
	if err := json.Unmarshal([]byte(text), &named); err != nil || named.Name == "" {
		return "default"
	}
	return named.Name
}

// endpoints merges the endpoint objects with the configuration and checks them. It gives those that
// serve this gateway's tenant.
func (c *compiler) endpoints() []*object {
	var list []*object
	var foreign []string
	for _, text := range c.d.Endpoints {
		o := c.endpoint(text)
		switch tenant := c.in.Tenant; {
		case o == nil:
		case tenant != "" && len(o.Tenants) > 0 && !slices.Contains(o.Tenants, tenant):
			foreign = append(foreign, fmt.Sprintf("endpoint %q is for the tenants %s", o.Name, strings.Join(o.Tenants, ", ")))
		default:
			list = append(list, o)
		}
	}
	if len(list) == 0 && len(c.problems) == 0 {
		c.fail(fmt.Errorf("%s, this gateway's is %q", strings.Join(foreign, ", "), c.in.Tenant))
	}
	return list
}

// endpoint merges one endpoint object; nil: it has a problem.
func (c *compiler) endpoint(text endpoint.JSON) *object {
	value, err := decode(string(text))
	if err != nil {
		c.fail(fmt.Errorf("endpoint of the descriptor: %w", err))
		return nil
	}
	before := len(c.problems)
	o := &object{Name: nameOf(text), Weight: 1}
	patch := c.in.Config.Endpoints[o.Name]
	if inherit, _ := patch["inheritConfiguration"].(bool); inherit {
		c.reportEndpoint(o.Name, "/inheritConfiguration",
			"is decided in the document: the configuration changes what was chosen there")
	}
	merged := schema.Merge(value, any(patch))
	if patch == nil {
		merged = schema.Canonical(value)
	}
	for _, issue := range override.Certain(schema.Validate(schema.Endpoint, schema.Template, merged), c.d.Attributes) {
		c.reportEndpoint(o.Name, issue.Pointer, issue.Message)
	}
	if len(c.problems) > before {
		return nil
	}
	if len(c.d.Endpoints) > 1 && strings.ContainsFunc(o.Name, notInIDs) {
		c.fail(fmt.Errorf("endpoint %q: its name stands in message ids, where an operation has several endpoints: "+
			"letters, digits, '.', '_' and '-' are allowed", o.Name))
		return nil
	}
	whole, err := json.Marshal(merged)
	if err == nil {
		err = json.Unmarshal(whole, o)
	}
	if err != nil {
		c.fail(fmt.Errorf("endpoint %q: %w", o.Name, err))
		return nil
	}
	o.merged, _ = merged.(map[string]any)
	return o
}

// notInIDs says which characters the names of endpoints in message ids do not have.
func notInIDs(r rune) bool {
	letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
	return !letter && r != '.' && r != '_' && r != '-'
}

// reportEndpoint adds a problem with a value of an endpoint object.
func (c *compiler) reportEndpoint(name, pointer, text string) {
	c.report(name, config.Pointer("endpoints", name), pointer, text)
}

// report adds a problem with a value, with the place that the value came from: the configuration
// where it wrote it or something nearer above it, else the document. group is where the value's
// object stands in the configuration of the api; name is the endpoint's, "" for entrypoints.
func (c *compiler) report(name, group, pointer, text string) {
	c.add(&config.Problem{
		Place: c.place(name, group, pointer), Text: fmt.Sprintf("operation %q of api %q: %s", c.d.Operation, c.d.API, text), Pointer: pointer,
	})
}

// place is the place that a value came from, as report says it; "" where nobody knows.
func (c *compiler) place(name, group, pointer string) string {
	place, written := c.configured(name, group, pointer)
	if !written {
		place, _ = origin(c.d.Origin, name, pointer)
	}
	return place
}

// configured is the place where the configuration wrote the value at a pointer, or something above
// it that is nearer than what the document wrote.
func (c *compiler) configured(name, group, pointer string) (place string, written bool) {
	place, at := c.in.Config.Place(group + pointer)
	source, from := origin(c.d.Origin, name, pointer)
	nearer := source == "" || len(at)-len(group) >= len(from)
	return place, len(at) > len(group) && nearer
}

// origins are the places of the values of an endpoint: the document's, and after them those of the
// configuration.
func (c *compiler) origins(o *object) []endpoint.Origin {
	list := slices.Clone(c.d.Origin)
	group := config.Pointer("endpoints", o.Name)
	var walk func(pointer string, value any)
	walk = func(pointer string, value any) {
		if members, ok := value.(map[string]any); ok {
			for name, member := range members {
				walk(pointer+"/"+name, member)
			}
			return
		}
		if place, written := c.configured(o.Name, group, pointer); written {
			list = append(list, endpoint.Origin{Endpoint: o.Name, Pointer: pointer, Source: place})
		}
	}
	walk("", o.merged)
	return list
}

// origin finds the source of the value at a pointer, or of the nearest one above it.
func origin(origins []endpoint.Origin, name, pointer string) (source, at string) {
	for ; ; pointer = pointer[:strings.LastIndexByte(pointer, '/')] {
		for _, o := range origins {
			if o.Pointer == pointer && (o.Endpoint == "" || o.Endpoint == name) && o.Source != "default" {
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
