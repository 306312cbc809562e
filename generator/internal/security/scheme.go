package security

import (
	"fmt"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/generator/internal/model"
	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// scheme adds a scheme to a requirement where web clients can fulfil it; nil after a fault.
func (r *reader) scheme(required endpoint.Requirement, item, written *document.Node, name string, scopes []string, server bool) endpoint.Requirement {
	if required == nil {
		return nil
	}
	out := endpoint.Scheme{Name: name, Scopes: scopes}
	problem := ""
	switch kind := written.Get("type").Str(); kind {
	case "":
		problem = fmt.Sprintf("security scheme %q has no type: there are %s", name, r.schemeNames())
	case "http":
		out.Type = strings.ToLower(written.Get("scheme").Str())
		problem = httpScheme(out)
	case "apiKey", "httpApiKey":
		out.Type, out.In, out.Param = "apiKey", written.Get("in").Str(), written.Get("name").Str()
		problem = r.apiKey(out, kind)
	case "oauth2", "mutualTLS":
		out.Type = kind
	case "openIdConnect":
		out.Type, out.URL = kind, written.Get("openIdConnectUrl").Str()
	case "X509":
		out.Type = "mutualTLS"
		if !server {
			problem = fmt.Sprintf("security scheme %q is X509, which servers ask for: write it at the server", name)
		}
	default:
		problem = fmt.Sprintf("security scheme %q has the type %s, which web clients cannot fulfil: there are %s", name, kind, r.schemeNames())
	}
	if problem != "" {
		r.Fail(item, "%s", problem)
		return nil
	}
	r.keep(out, written)
	return with(required, out)
}

// keep remembers a scheme for the published documents.
func (r *reader) keep(s endpoint.Scheme, written *document.Node) {
	if r.schemes[s.Name] != nil {
		return
	}
	s.Scopes = nil
	kept := &model.SecurityScheme{Scheme: s, Description: written.Get("description").Str(), BearerFormat: written.Get("bearerFormat").Str()}
	for _, m := range members(written.Get("flows")) {
		flow := model.Flow{
			AuthorizationURL: m.Value.Get("authorizationUrl").Str(), TokenURL: m.Value.Get("tokenUrl").Str(),
			RefreshURL: m.Value.Get("refreshUrl").Str(), Scopes: map[string]string{},
		}
		for _, key := range []string{"scopes", "availableScopes"} {
			for _, scope := range members(m.Value.Get(key)) {
				flow.Scopes[scope.Key] = scope.Value.Str()
			}
		}
		if kept.Flows == nil {
			kept.Flows = map[string]model.Flow{}
		}
		kept.Flows[m.Key] = flow
	}
	r.schemes[s.Name] = kept
}

// httpScheme says what is wrong with a scheme of HTTP; "" when nothing is.
func httpScheme(s endpoint.Scheme) string {
	switch s.Type {
	case "basic", "bearer":
		return ""
	case "":
		return fmt.Sprintf("security scheme %q is http without a scheme: there are basic and bearer", s.Name)
	}
	return fmt.Sprintf("security scheme %q is http %s, which is not served: there are basic and bearer", s.Name, s.Type)
}

// apiKey says what is wrong with the place of a key; "" when nothing is.
func (r *reader) apiKey(s endpoint.Scheme, kind string) string {
	switch {
	case r.Doc.Format.Async() && kind == "apiKey":
		return fmt.Sprintf("security scheme %q is an apiKey of another protocol: write httpApiKey, with name and in", s.Name)
	case s.In == "":
		return fmt.Sprintf("security scheme %q has no in: a key is in header, query or cookie", s.Name)
	case s.In != "header" && s.In != "query" && s.In != "cookie":
		return fmt.Sprintf("security scheme %q is in %q: a key is in header, query or cookie", s.Name, s.In)
	case s.Param == "":
		return fmt.Sprintf("security scheme %q has no name: write that of the %s", s.Name, s.In)
	}
	return ""
}

// schemeNames lists the types of schemes for web clients in the words of the document's format.
func (r *reader) schemeNames() string {
	if r.Doc.Format.Async() {
		return "http, httpApiKey, oauth2, openIdConnect and, at servers, X509"
	}
	return "http, apiKey, mutualTLS, oauth2 and openIdConnect"
}

// members lists the members of an object; none of nil.
func members(n *document.Node) []document.Member {
	if n == nil {
		return nil
	}
	return n.Members
}
