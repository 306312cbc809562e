package auth

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"go.uber.org/goleak"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/caller"
	"github.com/penstock-dev/penstock/runtime/internal/config"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
	"github.com/penstock-dev/penstock/runtime/internal/web"
	"github.com/penstock-dev/penstock/test/lines"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The schemes of the tests.
var (
	basicScheme  = endpoint.Scheme{Name: "users", Type: "basic"}
	bearerScheme = endpoint.Scheme{Name: "tokens", Type: "bearer"}
	oauthScheme  = endpoint.Scheme{Name: "oauth", Type: "oauth2", Scopes: []string{"orders:read"}}
	keyScheme    = endpoint.Scheme{Name: "key", Type: "apiKey", In: "header", Param: "X-Key"}
	queryScheme  = endpoint.Scheme{Name: "key", Type: "apiKey", In: "query", Param: "key"}
	cookieScheme = endpoint.Scheme{Name: "key", Type: "apiKey", In: "cookie", Param: "session"}
	tlsScheme    = endpoint.Scheme{Name: "mtls", Type: "mutualTLS"}
)

// door is a gate with one operation, POST and GET /orders.
type door struct {
	t      *testing.T
	gate   *Gate
	policy *Policy
	echo   *echo.Echo
	log    *lines.Lines

	mu  sync.Mutex
	saw exchange.Identity // of the last request that came in
	url string            // of it
}

func newGate(t testing.TB, l *lines.Lines) *Gate {
	t.Helper()
	find, err := caller.New(nil, caller.Origins{"*", "https://shop.example"})
	if err != nil {
		t.Fatal(err)
	}
	g := New(Options{
		Log:     slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Address: find.Address, OriginTrusted: find.OriginTrusted, ClientCertificates: true,
	})
	g.failures = newFailures((&clock{at: time.Now()}).now) // which stands still
	t.Cleanup(func() {
		if err := g.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return g
}

// newDoor makes a door that requires one of the requirements.
func newDoor(t *testing.T, settings map[string]config.Verifier, requirements ...endpoint.Requirement) *door {
	t.Helper()
	d := &door{t: t, echo: echo.New(), log: &lines.Lines{}}
	d.gate = newGate(t, d.log)
	d.policy = d.gate.Require(`operation "orders" of api "shop"`, requirements)
	if err := d.gate.Open(settings); err != nil {
		t.Fatal(err)
	}
	d.echo.HTTPErrorHandler = web.ErrorHandler(slog.New(slog.NewTextHandler(d.log, nil)))
	serve := func(c echo.Context) error {
		identity, err := d.policy.Authenticate(c)
		if err != nil {
			return err
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		d.saw, d.url = identity, c.Request().URL.String()+" "+c.Request().RequestURI
		return c.NoContent(http.StatusNoContent)
	}
	d.echo.GET("/orders", serve)
	d.echo.POST("/orders", serve)
	return d
}

// send sends a request with headers "Name: value".
func (d *door) send(method, target string, headers ...string) *httptest.ResponseRecorder {
	d.t.Helper()
	r := httptest.NewRequestWithContext(d.t.Context(), method, target, nil)
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Add(name, value)
	}
	return d.serve(r)
}

func (d *door) serve(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	d.echo.ServeHTTP(w, r)
	return w
}

// admits sends a request that must be let in, and gives who sent it.
func (d *door) admits(method, target string, headers ...string) exchange.Identity {
	d.t.Helper()
	if w := d.send(method, target, headers...); w.Code != http.StatusNoContent {
		d.t.Fatalf("%s %s with %q: got %d %s", method, target, headers, w.Code, w.Body)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.saw
}

// refuses sends a request that must not be let in.
func (d *door) refuses(status int, detail, method, target string, headers ...string) http.Header {
	d.t.Helper()
	w := d.send(method, target, headers...)
	if w.Code != status || !strings.Contains(w.Body.String(), `"detail":`+string(web.AppendString(nil, detail))) {
		d.t.Errorf("%s %s with %q: got %d %s, want %d with %q", method, target, headers, w.Code, w.Body, status, detail)
	}
	return w.Header()
}

func write(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func one(schemes ...endpoint.Scheme) endpoint.Requirement { return schemes }

func TestOpenProblems(t *testing.T) {
	users := write(t, "")
	place := "gateway.yaml:2:3"
	const owner = `operation "orders" of api "shop"`
	unknown := endpoint.Scheme{Name: "x", Type: "X509"}
	reserved := endpoint.Scheme{Name: "key", Type: "apiKey", In: "query", Param: "ticket"}
	oidc := endpoint.Scheme{Name: "oidc", Type: "openIdConnect", URL: "https://login.example/.well-known/openid-configuration"}
	for _, test := range []struct {
		name     string
		scheme   endpoint.Scheme
		settings map[string]config.Verifier
		want     string
	}{
		{"basic without", basicScheme, nil, owner + ` requires security scheme "users" (basic), which has no verifier: write auth.users.usersFile`},
		{"oauth2 without", oauthScheme, nil, owner + ` requires security scheme "oauth" (oauth2), which has no verifier: write auth.oauth.issuer and auth.oauth.audience`},
		{
			"bearer without", bearerScheme, nil,
			owner + ` requires security scheme "tokens" (bearer), which has no verifier: write auth.tokens.issuer and auth.tokens.audience, or auth.tokens.keysFile`,
		},
		{
			"without audience", oauthScheme,
			map[string]config.Verifier{"oauth": {Issuer: "https://a.example", Place: place}},
			`gateway.yaml:2:3: security scheme "oauth" of ` + owner + ` is of type oauth2: write auth.oauth.issuer and auth.oauth.audience, and nothing else (/auth/oauth)`,
		},
		{
			"two kinds", keyScheme,
			map[string]config.Verifier{"key": {KeysFile: users, UsersFile: users, Place: place}},
			`gateway.yaml:2:3: security scheme "key" of ` + owner + ` is of type apiKey: write auth.key.keysFile, or auth.key.issuer and auth.key.audience, and nothing else (/auth/key)`,
		},
		{
			"no TLS to the issuer", bearerScheme,
			map[string]config.Verifier{"tokens": {Issuer: "http://login.example", Audience: "a", Place: place}},
			`gateway.yaml:2:3: security scheme "tokens": "http://login.example" is not https: keys that come unprotected can be anybody's (/auth/tokens)`,
		},
		{
			"users file", basicScheme,
			map[string]config.Verifier{"users": {UsersFile: "absent", Place: place}},
			`gateway.yaml:2:3: security scheme "users": open absent: no such file or directory (/auth/users)`,
		},
		{"unknown type", unknown, nil, owner + ` requires security scheme "x" of type "X509", which is not known`},
		{"name of tickets", reserved, nil, owner + ` requires security scheme "key" in query parameter "ticket", which is the one of tickets: give it another name`},
		{
			"scopes of users",
			endpoint.Scheme{Name: "users", Type: "basic", Scopes: []string{"a", "b"}},
			map[string]config.Verifier{"users": {UsersFile: users, Place: place}},
			"gateway.yaml:2:3: " + owner + ` requires the scopes a, b of security scheme "users", but basic has none: nobody could fulfil it (/auth/users)`,
		},
		{
			"openIdConnect has its issuer", oidc, map[string]config.Verifier{"oidc": {Audience: "a", Place: place}}, "",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := newGate(t, &lines.Lines{})
			g.Require(owner, []endpoint.Requirement{{test.scheme}})
			g.Require("another operation", []endpoint.Requirement{{test.scheme}}) // one sentence for both
			got := ""
			if err := g.Open(test.settings); err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestClientCertificatesNeedTheListener(t *testing.T) {
	g := newGate(t, &lines.Lines{})
	g.options.ClientCertificates = false
	g.Require(`operation "orders" of api "shop"`, []endpoint.Requirement{{tlsScheme}})
	err := g.Open(map[string]config.Verifier{"mtls": {Subjects: []string{"*"}, Place: "PENSTOCK_AUTH__MTLS__SUBJECTS"}})
	const want = `PENSTOCK_AUTH__MTLS__SUBJECTS: operation "orders" of api "shop" requires client certificates by security scheme "mtls": ` +
		`write listen.tls.clientCAFile, and listen.tls.clientAuth not none (/auth/mtls)`
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

func TestNothingRequired(t *testing.T) {
	if got := newDoor(t, nil).admits("GET", "/orders?ticket=a"); got.Subject != "" {
		t.Errorf("got %+v", got)
	}
}

func TestSchemes(t *testing.T) {
	g := newGate(t, &lines.Lines{})
	g.Require("a", []endpoint.Requirement{{oauthScheme, keyScheme}, {}})
	g.Require("b", []endpoint.Requirement{{queryScheme}, {basicScheme}})
	if got := strings.Join(g.Schemes(), " "); got != "key oauth users" {
		t.Errorf("got %q", got)
	}
}
