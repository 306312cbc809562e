package model

import (
	"fmt"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/document"
)

// scheme is one security scheme that a requirement names.
type scheme struct {
	kind string         // its type
	at   *document.Node // where it is required
}

// webSchemes are the types for web clients. In AsyncAPI the others are for the servers behind.
var webSchemes = []string{"http", "httpApiKey", "apiKey", "oauth2", "openIdConnect", "mutualTLS"}

// checkSecurity refuses client authentication, which this version does not have, and compares
// what the document says about its Kafka servers with the endpoint.
func (b *builder) checkSecurity(s *source, e *effective) {
	for _, required := range b.clientSchemes(s) {
		b.fail(required.at, "client authentication is not served yet: operation %q needs the security scheme type %s", s.name, required.kind)
	}
	if !e.none && !e.bad {
		b.compareServers(s, e)
	}
}

// anonymous says whether clients need not authenticate.
func (b *builder) anonymous(s *source) bool { return len(b.clientSchemes(s)) == 0 }

// clientSchemes lists the schemes that web clients must fulfil one of; none where the document
// also admits clients without any.
func (b *builder) clientSchemes(s *source) []scheme {
	list := s.node.Get("security")
	if list == nil && !b.doc.Format.Async() {
		list = b.doc.Root.Get("security")
	}
	schemes := b.schemesOf(list)
	if list == nil {
		for _, srv := range s.servers {
			if srv.web() {
				schemes = append(schemes, b.schemesOf(srv.node.Get("security"))...)
			}
		}
	}
	var web []scheme
	for _, sch := range schemes {
		if sch.kind == "" {
			return nil
		}
		if slices.Contains(webSchemes, sch.kind) {
			web = append(web, sch)
		}
	}
	return web
}

// schemesOf reads a list of requirements. An empty requirement, which admits everybody, has
// the type "".
func (b *builder) schemesOf(list *document.Node) []scheme {
	if list == nil || !b.want(list, document.Array, "security") {
		return nil
	}
	var schemes []scheme
	for _, item := range list.Items {
		if b.doc.Format == document.AsyncAPI3 {
			schemes = append(schemes, scheme{b.resolve(item).Get("type").Str(), item})
			continue
		}
		if len(item.Members) == 0 {
			schemes = append(schemes, scheme{"", item})
		}
		for _, m := range item.Members {
			declared := b.resolve(b.doc.Root.Get("components").Get("securitySchemes").Get(m.Key))
			if declared == nil {
				b.fail(item, "the security scheme %q does not stand under components.securitySchemes", m.Key)
				continue
			}
			schemes = append(schemes, scheme{declared.Get("type").Str(), item})
		}
	}
	return schemes
}

// compareServers warns when no Kafka server of the channel is described as the endpoint is
// configured.
func (b *builder) compareServers(s *source, e *effective) {
	protocol, mechanism := "PLAINTEXT", ""
	if text, ok := part(e.value, "security")["protocol"].(string); ok {
		protocol = text
	}
	if sasl, ok := part(e.value, "security")["sasl"].(map[string]any); ok && strings.HasPrefix(protocol, "SASL_") {
		mechanism, _ = sasl["saslMechanism"].(string)
	}
	var first *document.Issue
	for _, srv := range s.servers {
		if !srv.kafka() {
			continue
		}
		message := b.disagreement(srv, protocol, mechanism, endpointName(e.value))
		if message == "" {
			return
		}
		if first == nil {
			issue := b.doc.Issue(srv.node, "%s", message)
			issue.Warning = true
			first = &issue
		}
	}
	if first != nil {
		b.report(*first)
	}
}

// disagreement says how a Kafka server differs from the endpoint; "" when it does not.
func (b *builder) disagreement(srv *server, protocol, mechanism, name string) string {
	encrypted := protocol == "SSL" || protocol == "SASL_SSL"
	if (srv.protocol == "kafka-secure") != encrypted {
		return fmt.Sprintf("server %q has the protocol %s, but endpoint %q uses security.protocol %s", srv.name, srv.protocol, name, protocol)
	}
	var wanted []string
	for _, sch := range b.schemesOf(srv.node.Get("security")) {
		admitted, known := mechanisms[sch.kind]
		if !known || slices.Contains(admitted, mechanism) {
			return ""
		}
		wanted = append(wanted, sch.kind)
	}
	if wanted == nil {
		return ""
	}
	if mechanism == "" {
		mechanism = "no SASL mechanism"
	}
	return fmt.Sprintf("server %q asks for the security scheme type %s, but endpoint %q uses %s", srv.name, strings.Join(wanted, " or "), name, mechanism)
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
