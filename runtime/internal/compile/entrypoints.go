package compile

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/config"
	"github.com/penstock-dev/penstock/runtime/internal/routes"
	"github.com/penstock-dev/penstock/schema"
)

// placement is the members of an entrypoint object that decide whether and where it is served.
type placement struct {
	Enabled     *bool    `json:"enabled"`
	Path        string   `json:"path"`
	Publisher   switched `json:"publisher"`
	Subscriber  switched `json:"subscriber"`
	DeadLetters string   `json:"deadLetterTopic"`
}

// switched is one side of a websocket; without a word it is on.
type switched struct {
	Enabled *bool `json:"enabled"`
}

func (s switched) on() bool { return s.Enabled == nil || *s.Enabled }

// entrypoints merges the entrypoints with the configuration and gives those that are on, with
// their whole paths.
func (c *compiler) entrypoints() []endpoint.Entrypoint {
	patch := c.in.Config.Operations[c.d.Operation]
	group := config.Pointer("operations", c.d.Operation)
	for _, kind := range slices.Sorted(maps.Keys(patch)) {
		known := slices.ContainsFunc(c.d.Entrypoints, func(e endpoint.Entrypoint) bool { return string(e.Kind) == kind })
		if !known && patch[kind] != nil {
			c.report("", group, "/"+kind, "the document has no such entrypoint: the configuration may change one or switch it off, not add it")
		}
	}
	var served []endpoint.Entrypoint
	for _, e := range c.d.Entrypoints {
		change, named := patch[string(e.Kind)]
		if named && change == nil { // null deletes
			continue
		}
		if merged, on := c.entrypoint(e, change, group); on {
			served = append(served, merged)
		}
	}
	return served
}

// entrypoint merges one entrypoint; false: it is off, or wrong.
func (c *compiler) entrypoint(e endpoint.Entrypoint, change any, group string) (endpoint.Entrypoint, bool) {
	value, err := decode(string(e.Config))
	if err != nil {
		c.fail(fmt.Errorf("%s of the descriptor: %w", e.Kind, err))
		return e, false
	}
	merged := any(value)
	if change != nil {
		merged = schema.Merge(value, change)
	}
	before := len(c.problems)
	object := map[string]any{string(e.Kind): merged}
	for _, issue := range schema.Validate(schema.Entrypoints, schema.Template, object) {
		c.report("", group, issue.Pointer, issue.Message)
	}
	text, err := json.Marshal(merged)
	var o placement
	if err == nil {
		err = json.Unmarshal(text, &o)
	}
	if err != nil || len(c.problems) > before {
		if len(c.problems) == before {
			c.fail(fmt.Errorf("%s: %w", e.Kind, err))
		}
		return e, false
	}
	e.Config = endpoint.JSON(text)
	if o.DeadLetters != "" && !schema.IsExpression(o.DeadLetters) {
		if err := legal(o.DeadLetters); err != nil {
			c.report("", group, config.Pointer(string(e.Kind), deadLetterTopic), err.Error())
		}
	}
	if o.Path != "" && o.Path != e.Path {
		c.move(&e, o.Path, group)
	}
	base := c.in.Config.BasePath
	if base == "" {
		base = c.d.BasePath
	}
	e.Path = routes.Join(base, e.Path)
	return e, o.Enabled == nil || *o.Enabled
}

// move gives an entrypoint another path, which must have the same parameters.
func (c *compiler) move(e *endpoint.Entrypoint, path, group string) {
	parsed, err := routes.ParsePath(path)
	if err != nil {
		c.report("", group, config.Pointer(string(e.Kind), "path"), err.Error())
		return
	}
	names := make([]string, len(e.Params))
	for i, p := range e.Params {
		names[i] = p.Name
	}
	given := slices.Clone(parsed.Params)
	slices.Sort(names)
	slices.Sort(given)
	if !slices.Equal(names, given) {
		c.report("", group, config.Pointer(string(e.Kind), "path"), fmt.Sprintf("path %q must have the parameters of the document's %q", path, e.Path))
		return
	}
	e.Path = path
}

// directions finds out what the served entrypoints need, and that the endpoint allows it.
func (c *compiler) directions(served []endpoint.Entrypoint, objects []*object) endpoint.Direction {
	var uses endpoint.Direction
	for _, e := range served {
		need := directionsOf(e)
		for _, o := range objects {
			if need&endpoint.Publishing != 0 && !o.Shared.Producer.Enabled && !c.assigned(false, "producer.enabled") {
				c.fail(fmt.Errorf("%s publishes, but the producer of endpoint %q is not enabled", e.Kind, o.Name))
			}
			if need&endpoint.Subscribing != 0 && !o.Shared.Consumer.Enabled && !c.assigned(false, "consumer.enabled") {
				c.fail(fmt.Errorf("%s subscribes, but the consumer of endpoint %q is not enabled", e.Kind, o.Name))
			}
		}
		if need == 0 {
			c.fail(errors.New("websocket has neither publisher nor subscriber"))
		}
		uses |= need
	}
	return uses
}

// directionsOf is what one entrypoint does.
func directionsOf(e endpoint.Entrypoint) endpoint.Direction {
	switch e.Kind {
	case endpoint.HTTPPost:
		return endpoint.Publishing
	case endpoint.WebSocket:
		var o placement
		if err := json.Unmarshal([]byte(e.Config), &o); err != nil {
			return 0
		}
		var d endpoint.Direction
		if o.Publisher.on() {
			d |= endpoint.Publishing
		}
		if o.Subscriber.on() {
			d |= endpoint.Subscribing
		}
		return d
	}
	return endpoint.Subscribing
}
