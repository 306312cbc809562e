package config

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// verifiers loads a file and variables and resolves the schemes oauth and key.
func verifiers(t *testing.T, text string, environ ...string) (map[string]Verifier, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "gateway.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := Load(file, environ)
	if err != nil {
		t.Fatal(err)
	}
	return cfg.Auth.Resolve([]string{"oauth", "key"})
}

func TestAuth(t *testing.T) {
	got, err := verifiers(t, "auth:\n  oauth: { issuer: https://a.example, audience: b }\n",
		"PENSTOCK_AUTH__OAUTH__AUDIENCE=c", "PENSTOCK_AUTH__KEY__SUBJECTS=CN=a, dns:b")
	if err != nil {
		t.Fatal(err)
	}
	oauth := got["oauth"]
	if !strings.HasSuffix(oauth.Place, "gateway.yaml:2:3") {
		t.Errorf("place is %q", oauth.Place)
	}
	oauth.Place = ""
	if want := (Verifier{Issuer: "https://a.example", Audience: "c"}); !reflect.DeepEqual(oauth, want) {
		t.Errorf("got %+v, want %+v", oauth, want)
	}
	if key := got["key"]; !reflect.DeepEqual(key.Subjects, []string{"CN=a", "dns:b"}) {
		t.Errorf("got %+v", key)
	}
}

func TestAuthProblems(t *testing.T) {
	for _, test := range []struct{ name, file, variable, want string }{
		{"no such scheme", "auth: { oath: { audience: b } }", "", `gateway.yaml:1:9: no served operation has a security scheme "oath"; did you mean "oauth"? (/auth/oath)`},
		{"variable", "", "PENSTOCK_AUTH__OATH__AUDIENCE=b", `PENSTOCK_AUTH__OATH__AUDIENCE: unknown variable; did you mean "PENSTOCK_AUTH__OAUTH__AUDIENCE"?`},
		{"value of a variable", "", "PENSTOCK_AUTH__KEY__ISSUER=b", `PENSTOCK_AUTH__KEY__ISSUER: an issuer is written https://host/path, without query and fragment, not "b" (/auth/key/issuer)`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := verifiers(t, test.file, test.variable)
			if err == nil {
				t.Fatal("nothing is wrong")
			}
			got := err.Error()
			if i := strings.Index(got, "gateway.yaml"); i >= 0 {
				got = got[i:]
			}
			if got != test.want {
				t.Errorf("got %s\nwant %s", got, test.want)
			}
		})
	}
}
