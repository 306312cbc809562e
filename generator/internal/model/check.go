package model

import (
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/jaas"
	"github.com/penstock-dev/penstock/schema"
)

const shared = "/sharedConfigurationOverride"

// checkEndpoint checks the effective endpoint of an operation and refuses what this version
// does not serve.
func (b *builder) checkEndpoint(s *source, e *effective) {
	if e.none && !e.bad {
		b.report(document.Issue{
			Pos: s.pos, Pointer: b.doc.Pointer(s.node),
			Message: "operation \"" + s.name + "\" has no x-kafka-endpoint: write one here or at the root",
		})
		return
	}
	if e.bad {
		return // reported where it stands
	}
	for _, issue := range schema.Validate(schema.Endpoint, schema.Template, e.value) {
		b.failLayer(e, issue.Pointer, "%s", issue.Message)
	}
	for _, pointer := range schema.Expressions(e.value) {
		b.failLayer(e, pointer, "expressions are not served yet: write the value itself")
	}
	if tenants, ok := e.value["tenants"].([]any); ok && len(tenants) > 0 {
		b.failLayer(e, "/tenants", "tenants is not served yet: it comes with several endpoints")
	}
	b.checkTransport(e)
}

// checkTransport checks how the endpoint logs in, and refuses the ways that this version does
// not have.
func (b *builder) checkTransport(e *effective) {
	security := part(e.value, "security")
	protocol, _ := security["protocol"].(string)
	sasl, _ := security["sasl"].(map[string]any)
	mechanism, named := sasl["saslMechanism"].(string)
	if (protocol != "SASL_PLAINTEXT" && protocol != "SASL_SSL") || !named || schema.IsExpression(mechanism) {
		return
	}
	name := jaas.Mechanism(mechanism)
	if !slices.Contains(jaas.Served(), name) {
		b.failLayer(e, shared+"/security/sasl/saslMechanism", "saslMechanism %s is not served yet: this version serves %s", mechanism, strings.Join(jaas.Served(), ", "))
		return
	}
	text, written := sasl["saslJaasConfig"].(string)
	if !written || text == "" {
		return // the schema's issue
	}
	if _, err := jaas.Login(name, text); err != nil {
		b.failLayer(e, shared+"/security/sasl/saslJaasConfig", "saslJaasConfig: %v", err)
	}
}

// checkEntrypoint checks an entrypoint against the endpoint behind it.
func (b *builder) checkEntrypoint(e *effective, ep *served) {
	config := map[string]any{string(ep.Kind): ep.Config}
	if ep.Config["key"] != nil {
		b.failAt(ep, "/key", "key is not served yet: it comes with expressions")
	}
	for _, pointer := range schema.Expressions(config) {
		if n := ep.layers.origin(pointer); n != nil && pointer != "/"+string(ep.Kind)+"/key" {
			b.fail(n, "expressions are not served yet: write the value itself")
		}
	}
	if e.none || e.bad {
		return
	}
	for _, d := range []struct {
		side, does string
		on         bool
	}{{producer, "publishes", ep.Publishes}, {consumer, "subscribes", ep.Subscribes}} {
		if d.on && part(e.value, d.side)["enabled"] != true {
			b.failAt(ep, "", "%s %s, but %s.enabled of endpoint %q is not true", ep.Kind, d.does, d.side, endpointName(e.value))
		}
	}
	b.checkDeadLetters(e, ep)
}

// checkDeadLetters checks that something can be given up on, and written elsewhere.
func (b *builder) checkDeadLetters(e *effective, ep *served) {
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
	if part(e.value, producer)["enabled"] != true {
		b.failAt(ep, "/deadLetterTopic", "deadLetterTopic is written to, but producer.enabled of endpoint %q is not true", endpointName(e.value))
	}
}
