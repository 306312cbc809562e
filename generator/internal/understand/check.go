package understand

import (
	"errors"
	"fmt"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/declared"
	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/generator/internal/report"
	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/expr"
	"github.com/penstock-dev/penstock/runtime/jaas"
	"github.com/penstock-dev/penstock/schema"
)

const shared = "/sharedConfigurationOverride"

// checkEndpoints checks the effective endpoints of an operation.
func (b *builder) checkEndpoints(s *declared.Operation, c *chosen, attributes []assignment) {
	if c.none && !c.bad {
		b.Add(document.Issue{
			Pos: s.Pos, Pointer: b.Doc.Pointer(s.Node),
			Message: "operation \"" + s.Name + "\" has no x-kafka-endpoint: write one here or at the root",
		})
		return
	}
	if c.bad {
		return // reported where it stands
	}
	for _, e := range c.endpoints {
		if len(c.endpoints) > 1 && !legalTopic.MatchString(e.name) {
			b.failLayer(e, "/name", "endpoint %q: its name stands in message ids where a group has several endpoints: letters, digits, \".\", \"_\" and \"-\" are allowed", e.name)
		}
		for _, issue := range schema.Validate(schema.Endpoint, schema.Template, possible(e.value, attributes)) {
			b.failLayer(e, issue.Pointer, "%s", issue.Message)
		}
		b.checkTransport(e, attributes)
		b.checkStores(e)
	}
}

// CheckEndpoint checks how an endpoint that stands alone, in a file of its own, connects. Its schema
// and its expressions were checked, and references in it replaced.
func CheckEndpoint(d *document.Document, root *document.Node) []document.Issue {
	b := &builder{Report: report.New(d)}
	value, isObject := schema.Canonical(root.Value()).(map[string]any)
	if !isObject {
		return nil
	}
	e := &effective{name: endpointName(value), value: value, layers: layers{{node: root}}}
	b.checkTransport(e, nil)
	b.checkStores(e)
	return b.Issues()
}

// possible is an endpoint with an expression for each value that an attribute can supply, so that
// rules about what goes together are broken only where no attribute helps.
func possible(value map[string]any, attributes []assignment) map[string]any {
	for _, a := range attributes {
		if a.choice.Family != schema.Override || isSwitch(a.choice.Property) {
			continue
		}
		var computed any = "{#context.attributes['" + a.Name + "']}"
		if choosesTopics(a.choice.Property) {
			computed = []any{computed}
		}
		value, _ = schema.Merge(value, patchAt(schema.PropertyPointer(a.choice.Property), computed)).(map[string]any)
	}
	return value
}

// checkTransport checks how the endpoint logs in, as far as it is the same for every request.
func (b *builder) checkTransport(e *effective, attributes []assignment) {
	security := part(e.value, "security")
	protocol, _ := security["protocol"].(string)
	sasl, _ := security["sasl"].(map[string]any)
	mechanism, named := sasl["saslMechanism"].(string)
	if !strings.HasPrefix(protocol, "SASL_") && !schema.IsExpression(protocol) && !supplied(attributes, "security.protocol") {
		return // there is no login
	}
	text, written := sasl["saslJaasConfig"].(string)
	if !written || text == "" {
		return // the schema's issue
	}
	if !named || schema.IsExpression(mechanism) || supplied(attributes, "security.sasl.saslMechanism") {
		mechanism = ""
	}
	if err := checkLogin(mechanism, text); err != nil {
		b.failLayer(e, shared+"/security/sasl/saslJaasConfig", "saslJaasConfig: %v", err)
	}
}

// checkLogin checks a JAAS text for a mechanism; for "" only what holds for all of them.
func checkLogin(mechanism, text string) error {
	if isComputed(text) {
		t, err := expr.Compile(strings.TrimSpace(text), expr.Configuration)
		if err == nil && !t.Whole() {
			return errors.New("an expression stands for the whole text or for the value of an option")
		}
		return nil // faults of the expression are reported where it stands
	}
	if mechanism == "" {
		_, err := jaas.Parse(text)
		return err
	}
	_, err := jaas.Login(jaas.Mechanism(mechanism), text)
	return err
}

// checkEntrypoint checks an entrypoint against the endpoints behind it.
func (b *builder) checkEntrypoint(c *chosen, ep *served, attributes []assignment) {
	b.checkOptions(ep)
	if c.none || c.bad {
		return
	}
	for _, e := range c.endpoints {
		for _, d := range []struct {
			side, does string
			on         bool
		}{{producer, "publishes", ep.Publishes}, {consumer, "subscribes", ep.Subscribes}} {
			if d.on && part(e.value, d.side)["enabled"] != true && !supplied(attributes, d.side+".enabled") {
				b.failAt(ep, "", "%s %s, but %s.enabled of endpoint %q is not true%s", ep.Kind, d.does, d.side, e.name, c.advice(e))
			}
		}
		b.checkDeadLetters(e, ep, attributes)
	}
	if ep.Kind == endpoint.HTTPPost && ep.Config["tombstone"] == true && ep.Config["key"] == nil && !supplied(attributes, schema.RecordKey) {
		if n := ep.layers.origin("/http-post/tombstone"); n != nil {
			b.Warn(n, "a tombstone needs a key: without one an empty body is refused; write key, or set gravitee.attribute.kafka.recordKey")
		}
	}
}

// advice is what to do where an unnamed patch has changed the first of several endpoints only.
func (c *chosen) advice(e *effective) string {
	if e == c.endpoints[0] || c.name == "" {
		return ""
	}
	return fmt.Sprintf(": a patch changes the first endpoint of a group, with name: %s all of them", c.name)
}

// checkOptions checks the options of publishers, and where expressions stand.
func (b *builder) checkOptions(ep *served) {
	for _, pointer := range schema.Expressions(ep.Config) {
		switch option, _, _ := strings.Cut(pointer[1:], "/"); option {
		case "key", "partition", "headers", "condition":
		default:
			b.failAt(ep, pointer, "%s takes no expression: write the value itself", option)
		}
	}
	if ep.Kind != endpoint.WebSocket || ep.Publishes {
		return
	}
	for _, option := range []string{"key", "partition", "headers"} {
		if ep.Config[option] != nil {
			b.failAt(ep, "/"+option, "%s is for publishers, and this websocket has none", option)
		}
	}
	if ep.Config["tombstone"] == true {
		b.failAt(ep, "/tombstone", "tombstone is for publishers, and this websocket has none")
	}
}

// checkDeadLetters checks that something can be given up on, and written elsewhere.
func (b *builder) checkDeadLetters(e *effective, ep *served, attributes []assignment) {
	topic, given := ep.Config["deadLetterTopic"].(string)
	if !given || ep.Kind != endpoint.WebSocket || schema.IsExpression(topic) {
		return
	}
	if problem := topicProblem(topic); problem != "" {
		b.failAt(ep, "/deadLetterTopic", "%s", problem)
	}
	if !ep.Subscribes || ep.Config["qos"] != string(endpoint.AtLeastOnce) {
		b.failAt(ep, "/deadLetterTopic", "deadLetterTopic is for subscribers at level %s, which give up on messages", endpoint.AtLeastOnce)
	}
	if part(e.value, producer)["enabled"] != true && !supplied(attributes, "producer.enabled") {
		b.failAt(ep, "/deadLetterTopic", "deadLetterTopic is written to, but producer.enabled of endpoint %q is not true", e.name)
	}
}
