package judge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/declared"
	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/generator/internal/effective"
	"github.com/penstock-dev/penstock/generator/internal/security"
	"github.com/penstock-dev/penstock/schema"
)

// compareServers warns when no Kafka server of the channel is described as the endpoint is
// configured.
func (o *operation) compareServers(e *effective.Endpoint) {
	if schema.IsExpression(fmt.Sprint(e.Section("security"))) {
		return // known at run time only
	}
	protocol, mechanism := "PLAINTEXT", ""
	if text, ok := e.Section("security")["protocol"].(string); ok {
		protocol = text
	}
	if sasl, ok := e.Section("security")["sasl"].(map[string]any); ok && strings.HasPrefix(protocol, "SASL_") {
		mechanism, _ = sasl["saslMechanism"].(string)
	}
	var first *document.Issue
	for _, srv := range o.Servers {
		if !srv.Kafka() {
			continue
		}
		message := o.disagreement(srv, protocol, mechanism, e.Name)
		if message == "" {
			return
		}
		if first == nil {
			issue := o.Doc.Issue(srv.Node, "%s", message)
			issue.Warning = true
			first = &issue
		}
	}
	if first != nil {
		o.Add(*first)
	}
}

// disagreement says how a Kafka server differs from the endpoint; "" when it does not.
func (o *operation) disagreement(srv *declared.Server, protocol, mechanism, name string) string {
	encrypted := protocol == "SSL" || protocol == "SASL_SSL"
	if (srv.Protocol == "kafka-secure") != encrypted {
		return fmt.Sprintf("server %q has the protocol %s, but endpoint %q uses security.protocol %s", srv.Name, srv.Protocol, name, protocol)
	}
	var wanted []string
	types, issues := security.Types(o.Doc, srv)
	o.Add(issues...)
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
