package dev

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/penstock-dev/penstock/generator"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func operation(name, protocol string) generator.ExplainedOperation {
	return generator.ExplainedOperation{Values: []generator.ExplainedValue{
		{Pointer: "/name", Value: `"` + name + `"`},
		{Pointer: "/sharedConfigurationOverride/security/protocol", Value: `"` + protocol + `"`},
	}}
}

func TestRedirect(t *testing.T) {
	got, err := redirect([]generator.Explanation{
		{API: "orders", Operations: []generator.ExplainedOperation{operation("default", "PLAINTEXT"), operation("default", "PLAINTEXT"), operation("eu-west/1", "SSL")}},
		{API: "stock_v2", Operations: []generator.ExplainedOperation{{}}},
	}, "127.0.0.1:1234")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"PENSTOCK_APIS__ORDERS__ENDPOINTS__DEFAULT__CONFIGURATION__BOOTSTRAPSERVERS=127.0.0.1:1234",
		"PENSTOCK_APIS__ORDERS__ENDPOINTS__EU_WEST_1__CONFIGURATION__BOOTSTRAPSERVERS=127.0.0.1:1234",
		"PENSTOCK_APIS__ORDERS__ENDPOINTS__EU_WEST_1__SHAREDCONFIGURATIONOVERRIDE__SECURITY__PROTOCOL=PLAINTEXT",
		"PENSTOCK_APIS__STOCK_V2__ENDPOINTS__DEFAULT__CONFIGURATION__BOOTSTRAPSERVERS=127.0.0.1:1234",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	_, err = redirect([]generator.Explanation{{API: "orders", Operations: []generator.ExplainedOperation{operation("eu.west", "PLAINTEXT")}}}, "a:1")
	if err == nil || err.Error() != `endpoint "eu.west" of api "orders" cannot be redirected to the embedded Kafka: no variable can name it` {
		t.Errorf("error %v", err)
	}
}

func TestTheUsersVariablesAreStronger(t *testing.T) {
	got := withDefaults([]string{"Penstock_Log__Format=json", "HOME=/x"}, []string{"PENSTOCK_LOG__FORMAT=text", "PENSTOCK_DRAIN__DELAY=0s"})
	if diff := cmp.Diff([]string{"Penstock_Log__Format=json", "HOME=/x", "PENSTOCK_DRAIN__DELAY=0s"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTry(t *testing.T) {
	route := func(kind, method, path string) generator.ExplainedRoute {
		return generator.ExplainedRoute{Entrypoint: kind, Method: method, Path: path, Example: strings.ReplaceAll(path, "{id}", "first")}
	}
	guarded := route("sse", "GET", "/guarded")
	guarded.Guarded = true
	other := generator.Explanation{Operations: []generator.ExplainedOperation{{Routes: []generator.ExplainedRoute{route("http-post", "POST", "/less")}}}}
	got := try([]generator.Explanation{other, {Operations: []generator.ExplainedOperation{
		{Headers: true, Routes: []generator.ExplainedRoute{route("http-post", "POST", "/checked")}, Example: `{}`},
		{Routes: []generator.ExplainedRoute{route("http-post", "POST", "/a/{id}")}, Example: `{}`},
		{Routes: []generator.ExplainedRoute{route("http-post", "PUT", "/a"), route("websocket", "GET", "/ws")}, Example: `{"say":"it's"}`},
		{Routes: []generator.ExplainedRoute{guarded, route("sse", "GET", "/a")}},
		{Routes: []generator.ExplainedRoute{route("http-get", "GET", "/a/{id}")}},
	}}}, "http://localhost:8080")
	want := []string{
		`curl -i -X PUT http://localhost:8080/a -H 'Content-Type: application/json' -d '{"say":"it'\''s"}'`,
		`curl -N http://localhost:8080/a -H 'Accept: text/event-stream'`,
		`curl 'http://localhost:8080/a/first?limit=10'`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := try(nil, "http://localhost:8080"); got != nil {
		t.Errorf("nothing to serve, but to try: %q", got)
	}
}

func TestReachable(t *testing.T) {
	for address, want := range map[string]string{
		":8080": "localhost:8080", "0.0.0.0:1": "localhost:1", "[::]:1": "localhost:1", "127.0.0.1:1": "localhost:1",
		"192.0.2.1:1": "192.0.2.1:1", "example.com:1": "example.com:1",
	} {
		if got := reachable(address); got != want {
			t.Errorf("%q: %q, want %q", address, got, want)
		}
	}
}

// silent is a console that keeps what is said.
type silent struct{ said []string }

func (s *silent) Say(format string, _ ...any)                 { s.said = append(s.said, format) }
func (*silent) Issues([]generator.Issue)                      {}
func (*silent) Fail(error)                                    {}
func (*silent) Good(text string) string                       { return text }
func (*silent) Removed(string, []generator.Removed, []string) {}

func TestAddressTaken(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close() //nolint:errcheck // a test
	taken := ln.Addr().String()
	console := &silent{}
	s := &session{Options: Options{Listen: taken, Admin: "127.0.0.1:0", Kafka: "127.0.0.1:0"}, console: console}
	if err := s.chooseAddresses(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s.Listen == taken || len(console.said) != 1 || strings.HasSuffix(s.Admin, ":0") {
		t.Errorf("addresses %q, %q; said %q", s.Listen, s.Admin, console.said)
	}
	s.Listen, s.Fixed = taken, map[string]bool{"listen": true}
	if err := s.chooseAddresses(t.Context()); !errors.Is(err, syscall.EADDRINUSE) || !strings.HasPrefix(err.Error(), "--listen: ") {
		t.Errorf("error %v", err)
	}
}

func TestWatch(t *testing.T) {
	dir := t.TempDir()
	write := func(name string) {
		t.Helper()
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("specs/a.yaml")
	write("generated/a/a.gen.go")
	w, err := watch([]string{dir})
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	expect := func(what string, wanted bool) {
		t.Helper()
		within := 30 * time.Second
		if !wanted {
			within = 3 * settle
		}
		select {
		case <-w.changes:
			if !wanted {
				t.Errorf("%s counts as a change", what)
			}
		case <-time.After(within):
			if wanted {
				t.Errorf("%s does not count as a change", what)
			}
		}
	}
	write("specs/a.yaml")
	expect("a document", true)
	write("generated/a/a.gen.go")
	write("notes.txt")
	write("specs/.a.yaml.swp")
	expect("what is generated, foreign or hidden", false)
	if err := os.Mkdir(filepath.Join(dir, "more"), 0o755); err != nil {
		t.Fatal(err)
	}
	expect("a folder", true)
	write("more/b.json")
	expect("a file in a new folder", true)
	if err := os.Rename(filepath.Join(dir, "more/b.json"), filepath.Join(dir, "specs/a.yaml")); err != nil {
		t.Fatal(err)
	}
	expect("a file that is replaced", true)
}

func TestSameBuild(t *testing.T) {
	file := filepath.Join(t.TempDir(), "gateway")
	made := func(content string, variables ...string) *build {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		b, err := newBuild(file, variables, nil)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	first := made("a", "X=1")
	if !first.same(made("a", "X=1")) || first.same(made("b", "X=1")) || first.same(made("a", "X=2")) || first.same(nil) {
		t.Error("same builds are told apart, or others are not")
	}
}
