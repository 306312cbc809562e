package judge

import (
	"fmt"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/generator/internal/effective"
	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/expr"
	"github.com/penstock-dev/penstock/schema"
)

// entrypoint judges an entrypoint, and whether the endpoints behind it can serve it.
func (o *operation) entrypoint(ep *effective.Entrypoint) {
	o.direction(ep)
	o.hint(ep)
	o.options(ep)
	if o.Endpoints.None || o.Endpoints.Bad {
		return
	}
	for _, e := range o.Endpoints.List {
		for _, d := range []struct {
			side, does string
			on         bool
		}{{effective.Producer, "publishes", ep.Publishes}, {effective.Consumer, "subscribes", ep.Subscribes}} {
			if d.on && e.Section(d.side)["enabled"] != true && !o.supplied(d.side+".enabled") {
				o.Add(ep.Issue(o.Doc, "", "%s %s, but %s.enabled of endpoint %q is not true%s", ep.Kind, d.does, d.side, e.Name, o.advice(e)))
			}
		}
		o.deadLetters(e, ep)
	}
	if ep.Kind == endpoint.HTTPPost && ep.Config["tombstone"] == true && ep.Config["key"] == nil && !o.supplied(schema.RecordKey) {
		if n := ep.Layers.Origin("/http-post/tombstone"); n != nil {
			o.Warn(n, "a tombstone needs a key: without one an empty body is refused; write key, or set gravitee.attribute.kafka.recordKey")
		}
	}
}

// direction warns where AsyncAPI's action says something else than the entrypoint does.
func (o *operation) direction(ep *effective.Entrypoint) {
	word := map[bool]string{true: "publish", false: "subscribe"}
	switch d := o.Direction; {
	case d == 0, ep.Publishes && ep.Subscribes:
	case ep.Publishes && d == endpoint.Subscribing, ep.Subscribes && d == endpoint.Publishing:
		o.Add(document.Issue{
			Pos: ep.Pos, Warning: true, Pointer: ep.Pointer,
			Message: fmt.Sprintf("%s lets web clients %s, but %q says that they %s", ep.Kind, word[ep.Publishes], o.Action.Text, word[!ep.Publishes]),
		})
	}
}

// hint says what a level with a group costs where everybody may listen.
func (o *operation) hint(ep *effective.Entrypoint) {
	live := ep.Kind == endpoint.SSE || ep.Kind == endpoint.WebSocket
	if !live || !ep.Subscribes || ep.Level == "" || !ep.Level.Group() || !o.Security.Anonymous() {
		return
	}
	o.Add(document.Issue{
		Pos: ep.Pos, Warning: true, Pointer: ep.Pointer,
		Message: fmt.Sprintf("%s at level %s makes every client address a member of a consumer group: level none serves a broadcast without authentication from one reader", ep.Kind, ep.Level),
	})
}

// advice is what to do where an unnamed patch has changed the first of several endpoints only.
func (o *operation) advice(e *effective.Endpoint) string {
	if e == o.Endpoints.List[0] || o.Endpoints.Group == "" {
		return ""
	}
	return fmt.Sprintf(": a patch changes the first endpoint of a group, with name: %s all of them", o.Endpoints.Group)
}

// options judges the options of publishers, and where expressions stand.
func (o *operation) options(ep *effective.Entrypoint) {
	for _, pointer := range schema.Expressions(ep.Config) {
		switch option, _, _ := strings.Cut(pointer[1:], "/"); option {
		case "key", "partition", "headers", "condition", "deadLetterTopic":
		default:
			o.Add(ep.Issue(o.Doc, pointer, "%s takes no expression: write the value itself", option))
		}
	}
	o.condition(ep)
	if ep.Kind != endpoint.WebSocket || ep.Publishes {
		return
	}
	for _, option := range []string{"key", "partition", "headers"} {
		if ep.Config[option] != nil {
			o.Add(ep.Issue(o.Doc, "/"+option, "%s is for publishers, and this websocket has none", option))
		}
	}
	if ep.Config["tombstone"] == true {
		o.Add(ep.Issue(o.Doc, "/tombstone", "tombstone is for publishers, and this websocket has none"))
	}
}

// condition refuses a condition that reads an attribute of the document: conditions are computed
// first, so it would be null.
func (o *operation) condition(ep *effective.Entrypoint) {
	text, _ := ep.Config["condition"].(string)
	condition, err := expr.Compile(text, expr.Request)
	if err != nil {
		return // reported where it stands
	}
	names, _ := condition.Attributes()
	for _, name := range names {
		for _, a := range o.Attributes {
			if a.Name == name || a.Name == "gravitee.attribute."+name {
				o.Add(ep.Issue(o.Doc, "/condition", "the condition reads the attribute %q, which is computed after it: write what the attribute is made of", name))
				return
			}
		}
	}
}

// deadLetters checks that something can be given up on, and written elsewhere.
func (o *operation) deadLetters(e *effective.Endpoint, ep *effective.Entrypoint) {
	topic, given := ep.Config["deadLetterTopic"].(string)
	if !given || ep.Kind != endpoint.WebSocket {
		return
	}
	if problem := topicProblem(topic); problem != "" && !schema.IsExpression(topic) {
		o.Add(ep.Issue(o.Doc, "/deadLetterTopic", "%s", problem))
	}
	if !ep.Subscribes || ep.Config["qos"] != string(endpoint.AtLeastOnce) {
		o.Add(ep.Issue(o.Doc, "/deadLetterTopic", "deadLetterTopic is for subscribers at level %s, which give up on messages", endpoint.AtLeastOnce))
	}
	if e.Section(effective.Producer)["enabled"] != true && !o.supplied("producer.enabled") {
		o.Add(ep.Issue(o.Doc, "/deadLetterTopic", "deadLetterTopic is written to, but producer.enabled of endpoint %q is not true", e.Name))
	}
}
