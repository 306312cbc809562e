package docs

import (
	"github.com/penstock-dev/penstock/generator/internal/model"
	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// guard says what callers of an entrypoint must fulfil, and how they are refused.
func (w *writer) guard(out *operation, op *model.Operation, e *model.Entrypoint) {
	for _, requirement := range op.Security {
		object := map[string][]string{}
		for _, s := range requirement {
			object[key(s.Name)] = append([]string{}, s.Scopes...)
		}
		out.Security = append(out.Security, object)
	}
	if len(op.Security) > 0 {
		out.problems("401", "403")
	}
	if e.Config["condition"] != nil || len(op.Allow) > 0 {
		out.problems("403")
	}
}

// openAPIScheme writes a security scheme of OpenAPI.
func openAPIScheme(s *model.SecurityScheme) any {
	out := described(s)
	switch s.Type {
	case "apiKey":
		out["type"], out["in"], out["name"] = "apiKey", s.In, s.Param
	case "oauth2":
		out["flows"] = flows(s, "scopes")
	}
	return out
}

// asyncAPIScheme writes a security scheme of AsyncAPI, where scopes are part of it.
func asyncAPIScheme(s *model.SecurityScheme, scopes []string) any {
	out := described(s)
	switch s.Type {
	case "apiKey":
		out["type"], out["in"], out["name"] = "httpApiKey", s.In, s.Param
	case "mutualTLS":
		out["type"] = "X509"
	case "oauth2":
		out["flows"] = flows(s, "availableScopes")
	}
	if len(scopes) > 0 && (s.Type == "oauth2" || s.Type == "openIdConnect") {
		out["scopes"] = scopes
	}
	return out
}

// described has what a scheme is called the same in both kinds of documents.
func described(s *model.SecurityScheme) map[string]any {
	out := map[string]any{"type": s.Type}
	if s.Type == "basic" || s.Type == "bearer" {
		out["type"], out["scheme"] = "http", s.Type
	}
	if s.Type == "bearer" && s.BearerFormat != "" {
		out["bearerFormat"] = s.BearerFormat
	}
	if s.URL != "" {
		out["openIdConnectUrl"] = s.URL
	}
	if s.Description != "" {
		out["description"] = s.Description
	}
	return out
}

func flows(s *model.SecurityScheme, scopesKey string) any {
	out := map[string]any{}
	for name, flow := range s.Flows {
		object := map[string]any{scopesKey: flow.Scopes}
		for key, url := range map[string]string{"authorizationUrl": flow.AuthorizationURL, "tokenUrl": flow.TokenURL, "refreshUrl": flow.RefreshURL} {
			if url != "" {
				object[key] = url
			}
		}
		out[name] = object
	}
	return out
}

// guarded adds to an operation of AsyncAPI the schemes that callers must fulfil one of. AsyncAPI
// cannot ask for several at once: of such a requirement the first stands there, which tells who the
// caller is. Nor can it make them optional: where callers may be anonymous, there are none.
func (w *writer) guarded(out *asyncAPI, op *model.Operation, described map[string]any) any {
	var alternatives []any
	for _, requirement := range op.Security {
		if len(requirement) == 0 {
			return described
		}
		alternatives = append(alternatives, w.alternative(out, requirement[0]))
	}
	if alternatives != nil {
		described["security"] = alternatives
	}
	return described
}

// alternative refers to a scheme, or writes it out where it has scopes.
func (w *writer) alternative(out *asyncAPI, s endpoint.Scheme) any {
	declared := w.model.SecuritySchemes[s.Name]
	if len(s.Scopes) > 0 {
		return asyncAPIScheme(declared, s.Scopes)
	}
	if out.Components.SecuritySchemes == nil {
		out.Components.SecuritySchemes = map[string]any{}
	}
	name := key(s.Name)
	out.Components.SecuritySchemes[name] = asyncAPIScheme(declared, nil)
	return map[string]any{"$ref": "#/components/securitySchemes/" + name}
}
