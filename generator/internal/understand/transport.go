package understand

import (
	"fmt"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/declared"
	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/generator/internal/security"
	"github.com/penstock-dev/penstock/schema"
)

// checkSecurity compares what the document says about its Kafka servers with the endpoints.
func (b *builder) checkSecurity(s *declared.Operation, c *chosen) {
	if c.none || c.bad {
		return
	}
	for _, e := range c.endpoints {
		b.compareServers(s, e)
	}
}

// compareServers warns when no Kafka server of the channel is described as the endpoint is
// configured.
func (b *builder) compareServers(s *declared.Operation, e *effective) {
	if schema.IsExpression(fmt.Sprint(part(e.value, "security"))) {
		return // known at run time only
	}
	protocol, mechanism := "PLAINTEXT", ""
	if text, ok := part(e.value, "security")["protocol"].(string); ok {
		protocol = text
	}
	if sasl, ok := part(e.value, "security")["sasl"].(map[string]any); ok && strings.HasPrefix(protocol, "SASL_") {
		mechanism, _ = sasl["saslMechanism"].(string)
	}
	var first *document.Issue
	for _, srv := range s.Servers {
		if !srv.Kafka() {
			continue
		}
		message := b.disagreement(srv, protocol, mechanism, e.name)
		if message == "" {
			return
		}
		if first == nil {
			issue := b.Doc.Issue(srv.Node, "%s", message)
			issue.Warning = true
			first = &issue
		}
	}
	if first != nil {
		b.Add(*first)
	}
}

// disagreement says how a Kafka server differs from the endpoint; "" when it does not.
func (b *builder) disagreement(srv *declared.Server, protocol, mechanism, name string) string {
	encrypted := protocol == "SSL" || protocol == "SASL_SSL"
	if (srv.Protocol == "kafka-secure") != encrypted {
		return fmt.Sprintf("server %q has the protocol %s, but endpoint %q uses security.protocol %s", srv.Name, srv.Protocol, name, protocol)
	}
	var wanted []string
	types, issues := security.Types(b.Doc, srv)
	b.Add(issues...)
	for _, kind := range types {
		admitted, known := mechanisms[kind]
		if !known || slices.Contains(admitted, mechanism) {
			return ""
		}
		wanted = append(wanted, kind)
	}
	if wanted == nil {
		return ""
	}
	if mechanism == "" {
		mechanism = "no SASL mechanism"
	}
	return fmt.Sprintf("server %q asks for the security scheme type %s, but endpoint %q uses %s", srv.Name, strings.Join(wanted, " or "), name, mechanism)
}

// mechanisms are the SASL mechanisms that fulfil a scheme of a Kafka server, "" for none.
var mechanisms = map[string][]string{
	"plain":        {"PLAIN"},
	"scramSha256":  {"SCRAM-SHA-256"},
	"scramSha512":  {"SCRAM-SHA-512"},
	"gssapi":       {"GSSAPI"},
	"userPassword": {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"},
	"oauth2":       {"OAUTHBEARER"},
	"X509":         {""},
}
