package security

import (
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/runtime/endpoint"
)

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
func (r *reader) requirements(list *document.Node, server bool) []endpoint.Requirement {
	if list == nil || !r.Want(list, document.Array, "security") {
		return nil
	}
	var all []endpoint.Requirement
	for _, item := range list.Items {
		if !r.Want(item, document.Object, "a security requirement") {
			continue
		}
		requirement := endpoint.Requirement{}
		if r.Doc.Format == document.AsyncAPI3 {
			requirement = r.referred(requirement, item, server)
		} else {
			for _, m := range item.Members {
				requirement = r.named(requirement, item, m, server)
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
func (r *reader) named(required endpoint.Requirement, item *document.Node, m document.Member, server bool) endpoint.Requirement {
	written := r.Resolve(r.Doc.Root.Get("components").Get("securitySchemes").Get(m.Key))
	if written == nil {
		r.Fail(item, "the security scheme %q does not stand under components.securitySchemes", m.Key)
		return nil
	}
	return r.scheme(required, item, written, m.Key, m.Value.Texts(), server)
}

// referred adds the scheme that a requirement of AsyncAPI 3 refers to; nil after a fault.
func (r *reader) referred(required endpoint.Requirement, item *document.Node, server bool) endpoint.Requirement {
	written := r.Resolve(item)
	if written == nil {
		return nil // reported by the loader
	}
	name, ok := strings.CutPrefix(item.Reference(), "#/components/securitySchemes/")
	if !ok || strings.Contains(name, "/") {
		r.Fail(item, "a security scheme is known by its name: write it under components.securitySchemes and refer to it")
		return nil
	}
	return r.scheme(required, item, written, document.Split("/" + name)[0], written.Get("scopes").Texts(), server)
}
