package security

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/generator/internal/declared"
	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// read reads the security of the first operation of a document.
func read(t *testing.T, text string) (Security, []string) {
	t.Helper()
	d, issues := document.Load(fstest.MapFS{"a.yaml": {Data: []byte(text)}}, "a.yaml")
	if document.Failed(issues) {
		t.Fatal(issues)
	}
	api, issues := declared.Read(d)
	if len(issues) > 0 || len(api.Operations) == 0 {
		t.Fatal(issues)
	}
	s, issues := Read(d, api.Operations[0])
	var texts []string
	for _, issue := range issues {
		texts = append(texts, issue.String())
	}
	return s, texts
}

const web = `openapi: 3.1.0
info: { title: t, version: "1" }
security: [ { basic: [] } ]
components:
  securitySchemes:
    basic: { type: http, scheme: Basic, description: "for tests" }
    key: { type: apiKey, in: header, name: X-Key }
    digest: { type: http, scheme: digest }
paths:
  /a:
    get:
      responses: { "200": { description: ok } }
`

func TestOpenAPI(t *testing.T) {
	basic := endpoint.Scheme{Name: "basic", Type: "basic"}
	key := endpoint.Scheme{Name: "key", Type: "apiKey", In: "header", Param: "X-Key"}
	for _, c := range []struct {
		name, own string
		want      []endpoint.Requirement
		anonymous bool
	}{
		{"the root's", "", []endpoint.Requirement{{basic}}, false},
		{"its own", "      security: [ { key: [] }, { basic: [], key: [] } ]\n", []endpoint.Requirement{{key}, {basic, key}}, false},
		{"none", "      security: []\n", nil, true},
		{"who wants", "      security: [ { basic: [] }, {} ]\n", []endpoint.Requirement{{basic}, {}}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, issues := read(t, web+c.own)
			if diff := cmp.Diff(c.want, s.Requirements); diff != "" {
				t.Errorf("requirements (-want +got):\n%s", diff)
			}
			if len(issues) > 0 || s.Anonymous() != c.anonymous {
				t.Errorf("anonymous: %t, issues %q", s.Anonymous(), issues)
			}
			for _, r := range s.Requirements {
				for _, scheme := range r {
					if s.Schemes[scheme.Name] == nil {
						t.Errorf("the scheme %q is not known", scheme.Name)
					}
				}
			}
		})
	}
}

func TestNotServed(t *testing.T) {
	s, issues := read(t, web+"      security: [ { digest: [] }, { absent: [] } ]\n")
	want := []string{
		`a.yaml:13:19: security scheme "digest" is http digest, which is not served: there are basic and bearer (/paths/~1a/get/security/0)`,
		`a.yaml:13:35: the security scheme "absent" does not stand under components.securitySchemes (/paths/~1a/get/security/1)`,
	}
	if diff := cmp.Diff(want, issues); diff != "" {
		t.Errorf("issues (-want +got):\n%s", diff)
	}
	if len(s.Requirements) > 0 {
		t.Errorf("requirements %v", s.Requirements)
	}
}

// TestBothAreAsked: in AsyncAPI a caller fulfils one requirement of the server and one of the
// operation; the scopes of one scheme are joined.
func TestBothAreAsked(t *testing.T) {
	s, issues := read(t, `asyncapi: 2.6.0
info: { title: t, version: "1" }
servers:
  web: { url: "wss://example.org", protocol: wss, security: [ { token: [read] }, { cert: [] } ] }
components:
  securitySchemes:
    cert: { type: X509 }
    token: { type: oauth2, flows: { clientCredentials: { tokenUrl: "https://example.org/t", scopes: { read: r, write: w } } } }
channels:
  orders:
    publish: { security: [ { token: [write, read] } ] }
`)
	token := func(scopes ...string) endpoint.Scheme {
		return endpoint.Scheme{Name: "token", Type: "oauth2", Scopes: scopes}
	}
	want := []endpoint.Requirement{{token("read", "write")}, {{Name: "cert", Type: "mutualTLS"}, token("write", "read")}}
	if diff := cmp.Diff(want, s.Requirements); diff != "" || len(issues) > 0 {
		t.Errorf("issues %q, requirements (-want +got):\n%s", issues, diff)
	}
	if got := s.Schemes["token"].Flows["clientCredentials"].Scopes["write"]; got != "w" {
		t.Errorf("the scope write is described as %q", got)
	}
}
