package understand

import (
	"fmt"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/declared"
	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/generator/internal/model"
	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// security says what callers of an operation must fulfil one of; empty when they need not
// authenticate.
//
// In OpenAPI the operation's own list replaces the one of the root. In AsyncAPI a caller fulfils
// a requirement of the operation and one of a web server of its channel, where both have some
// (AsyncAPI 3.1, "Operation Object", field security).
func (b *builder) security(s *declared.Operation) []endpoint.Requirement {
	list := s.Node.Get("security")
	if !b.Doc.Format.Async() {
		if list == nil {
			list = b.Doc.Root.Get("security")
		}
		return b.requirements(list, false)
	}
	var server []endpoint.Requirement
	for _, srv := range s.Servers {
		if srv.Web() {
			server = append(server, b.requirements(srv.Node.Get("security"), true)...)
		}
	}
	return both(server, b.requirements(list, false))
}

// anonymous says whether clients need not authenticate.
func (b *builder) anonymous(s *declared.Operation) bool {
	all := b.security(s)
	return len(all) == 0 || slices.ContainsFunc(all, func(r endpoint.Requirement) bool { return len(r) == 0 })
}

// both joins each requirement of one list with each of another. An empty list requires nothing.
func both(first, second []endpoint.Requirement) []endpoint.Requirement {
	switch {
	case len(first) == 0:
		return second
	case len(second) == 0:
		return first
	}
	var all []endpoint.Requirement
	for _, one := range first {
		for _, other := range second {
			joined := slices.Clone(one)
			for _, sch := range other {
				joined = with(joined, sch)
			}
			all = append(all, joined)
		}
	}
	return all
}

// with adds a scheme to a requirement; one that is there gets the scopes.
func with(r endpoint.Requirement, sch endpoint.Scheme) endpoint.Requirement {
	i := slices.IndexFunc(r, func(have endpoint.Scheme) bool { return have.Name == sch.Name })
	if i < 0 {
		return append(r, sch)
	}
	scopes := slices.Clone(r[i].Scopes)
	for _, scope := range sch.Scopes {
		if !slices.Contains(scopes, scope) {
			scopes = append(scopes, scope)
		}
	}
	r[i].Scopes = scopes
	return r
}

// requirements reads a list of alternatives. Those with a fault, which is reported, are left out.
func (b *builder) requirements(list *document.Node, server bool) []endpoint.Requirement {
	if list == nil || !b.Want(list, document.Array, "security") {
		return nil
	}
	var all []endpoint.Requirement
	for _, item := range list.Items {
		if !b.Want(item, document.Object, "a security requirement") {
			continue
		}
		requirement := endpoint.Requirement{}
		if b.Doc.Format == document.AsyncAPI3 {
			requirement = b.referred(requirement, item, server)
		} else {
			for _, m := range item.Members {
				requirement = b.named(requirement, item, m, server)
			}
		}
		if requirement != nil {
			all = append(all, requirement)
		}
	}
	return all
}

// named adds the scheme that a requirement of OpenAPI and AsyncAPI 2 names, with its scopes; nil
// after a fault.
func (b *builder) named(r endpoint.Requirement, item *document.Node, m document.Member, server bool) endpoint.Requirement {
	written := b.Resolve(b.Doc.Root.Get("components").Get("securitySchemes").Get(m.Key))
	if written == nil {
		b.Fail(item, "the security scheme %q does not stand under components.securitySchemes", m.Key)
		return nil
	}
	return b.scheme(r, item, written, m.Key, m.Value.Texts(), server)
}

// referred adds the scheme that a requirement of AsyncAPI 3 refers to; nil after a fault.
func (b *builder) referred(r endpoint.Requirement, item *document.Node, server bool) endpoint.Requirement {
	written := b.Resolve(item)
	if written == nil {
		return nil // reported by the loader
	}
	name, ok := strings.CutPrefix(item.Reference(), "#/components/securitySchemes/")
	if !ok || strings.Contains(name, "/") {
		b.Fail(item, "a security scheme is known by its name: write it under components.securitySchemes and refer to it")
		return nil
	}
	return b.scheme(r, item, written, document.Split("/" + name)[0], written.Get("scopes").Texts(), server)
}

// scheme adds a scheme to a requirement where web clients can fulfil it; nil after a fault.
func (b *builder) scheme(r endpoint.Requirement, item, written *document.Node, name string, scopes []string, server bool) endpoint.Requirement {
	if r == nil {
		return nil
	}
	out := endpoint.Scheme{Name: name, Scopes: scopes}
	problem := ""
	switch kind := written.Get("type").Str(); kind {
	case "http":
		out.Type = strings.ToLower(written.Get("scheme").Str())
		if out.Type != "basic" && out.Type != "bearer" {
			problem = fmt.Sprintf("security scheme %q is http %s, which is not served: there are basic and bearer", name, written.Get("scheme").Str())
		}
	case "apiKey", "httpApiKey":
		out.Type, out.In, out.Param = "apiKey", written.Get("in").Str(), written.Get("name").Str()
		problem = b.apiKey(out, kind)
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
		problem = fmt.Sprintf("security scheme %q has the type %s, which web clients cannot fulfil: there are %s", name, kind, b.schemeNames())
	}
	if problem != "" {
		b.Fail(item, "%s", problem)
		return nil
	}
	b.keep(out, written)
	return with(r, out)
}

// keep remembers a scheme for the published documents.
func (b *builder) keep(s endpoint.Scheme, written *document.Node) {
	if b.model.SecuritySchemes[s.Name] != nil {
		return
	}
	if b.model.SecuritySchemes == nil {
		b.model.SecuritySchemes = map[string]*model.SecurityScheme{}
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
	b.model.SecuritySchemes[s.Name] = kept
}

// apiKey says what is wrong with the place of a key; "" when nothing is.
func (b *builder) apiKey(s endpoint.Scheme, kind string) string {
	switch {
	case b.Doc.Format.Async() && kind == "apiKey":
		return fmt.Sprintf("security scheme %q is an apiKey of another protocol: write httpApiKey, with name and in", s.Name)
	case s.In != "header" && s.In != "query" && s.In != "cookie":
		return fmt.Sprintf("security scheme %q is in %q: a key is in header, query or cookie", s.Name, s.In)
	case s.Param == "":
		return fmt.Sprintf("security scheme %q has no name: write that of the %s", s.Name, s.In)
	}
	return ""
}

// schemeNames lists the types of schemes for web clients in the words of the document's format.
func (b *builder) schemeNames() string {
	if b.Doc.Format.Async() {
		return "http, httpApiKey, oauth2, openIdConnect and, at servers, X509"
	}
	return "http, apiKey, mutualTLS, oauth2 and openIdConnect"
}

// schemeTypes lists the types of the schemes in a list of requirements.
func (b *builder) schemeTypes(list *document.Node) []string {
	if list == nil || !b.Want(list, document.Array, "security") {
		return nil
	}
	var kinds []string
	for _, item := range list.Items {
		if b.Doc.Format == document.AsyncAPI3 {
			kinds = append(kinds, b.Resolve(item).Get("type").Str())
			continue
		}
		if len(item.Members) == 0 {
			kinds = append(kinds, "")
		}
		for _, m := range item.Members {
			written := b.Resolve(b.Doc.Root.Get("components").Get("securitySchemes").Get(m.Key))
			if written == nil {
				b.Fail(item, "the security scheme %q does not stand under components.securitySchemes", m.Key)
				continue
			}
			kinds = append(kinds, written.Get("type").Str())
		}
	}
	return kinds
}

// members lists the members of an object; none of nil.
func members(n *document.Node) []document.Member {
	if n == nil {
		return nil
	}
	return n.Members
}
