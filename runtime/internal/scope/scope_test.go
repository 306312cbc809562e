package scope_test

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/runtime/expr"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
	"github.com/penstock-dev/penstock/runtime/internal/scope"
)

func expect(t *testing.T, s expr.Scope, place expr.Place, wants map[string]string) {
	t.Helper()
	for text, want := range wants {
		if got := outcome(text, place, s); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", text, got, want)
		}
	}
}

// TestStart: when the gateway starts there is no request.
func TestStart(t *testing.T) {
	expect(t, environment().Scope(nil), expr.Configuration, map[string]string{
		"{#request.method}":                      "! character 2: #request: there is no request when the gateway starts",
		"{#context.attributes['a']}":             "! character 2: #context: there is no request when the gateway starts",
		"{#subscription.clientId}":               "! character 2: #subscription: there is no request when the gateway starts",
		"{#properties['region']}":                `"eu"`,
		"{#secrets.get('/env/TOKEN')}":           `"planted"`,
		"{#secrets.get('/file/kafka:password')}": `"planted"`,
		"{#secrets.get('/env/NONE')}":            "! character 11: there is no such secret",
	})
	expect(t, environment().Scope(nil), expr.Message, map[string]string{
		"{#message.content}": "! character 2: #message: there is no message here",
	})
	expect(t, (&scope.Environment{}).Scope(nil), expr.Configuration, map[string]string{
		"{#secrets.get('/env/TOKEN')}": "! character 11: this gateway has no secrets",
		"{#node.id}":                   "null",
		"{#node.tenant}":               "null",
		"{#api.name}":                  "null",
		"{#api.properties}":            "{}",
		"{#properties['a']}":           "null",
		"{#dictionaries['a']}":         "null",
	})
}

func TestPropertiesOfAnAPI(t *testing.T) {
	env := environment()
	env.API.Properties = map[string]string{"region": "us"}
	expect(t, env.Scope(nil), expr.Configuration, map[string]string{
		"{#api.properties['region']}": `"us"`, "{#properties['region']}": `"eu"`,
	})
}

// TestStream: a stream of messages has no content; an anonymous caller chose nothing of
// #subscription, its client identifier neither.
func TestStream(t *testing.T) {
	x := publish(t)
	x.Body, x.Params, x.Caller = nil, nil, exchange.Caller{Address: "192.0.2.1", ClientID: "chosen"}
	expect(t, environment().Scope(x), expr.Configuration, map[string]string{
		"{#request.content}":              "null",
		"{#request.contentLength}":        "null",
		"{#request.jsonContent}":          "null",
		"{#request.jsonContent?.a}":       "null",
		"{#request.pathParams['id']}":     "null",
		"{#subscription.id}":              "null",
		"{#subscription.clientId}":        "null",
		"{#subscription.clientId ?: 'x'}": `"x"`,
		"{#subscription.metadata}":        "{}",
		"{#subscription.metadata.plan}":   "null",
	})
	x.Body = []byte{}
	expect(t, environment().Scope(x), expr.Configuration, map[string]string{
		"{#request.content}": `""`, "{#request.contentLength}": "0",
		"{#request.jsonContent}": "! character 11: not JSON: the text ends too early",
	})
}

// TestErrorsHoldNoValues: what fails may be a password or a token.
func TestErrorsHoldNoValues(t *testing.T) {
	x := publish(t)
	x.Body = []byte("planted")
	x.Request.URL.RawQuery = "planted=%zz"
	rec := record()
	rec.Value = []byte(`{"planted"`)
	s := environment().Message(x, rec)
	for _, text := range []string{
		"{(#secrets.get('/env/TOKEN') and true)}",
		"{(!#secrets.get('/env/TOKEN'))}",
		"{(#secrets.get('/env/TOKEN') ? 1 : 2)}",
		"{T(Integer).parseInt(#secrets.get('/env/TOKEN'))}",
		"{T(Double).parseDouble(#secrets.get('/env/TOKEN'))}",
		"{('a' matches '(' + #secrets.get('/env/TOKEN'))}",
		"{('a'.split('(' + #secrets.get('/env/TOKEN')))}",
		"{#jsonPath(#secrets.get('/env/TOKEN'), '$')}",
		"{#jsonPath('{}', #secrets.get('/env/TOKEN'))}",
		"{#secrets.get('/env/TOKEN').substring(99)}",
		"{#secrets.get('/env/TOKEN')[99]}",
		"{(#request.jsonContent[#secrets.get('/env/TOKEN')])}",
		"{#dictionaries[#secrets.get('/env/TOKEN')].x}",
		"{(1 + 9223372036854775807 + #secrets.get('/env/TOKEN').length())}",
		"{#secrets.get('/env/TOKEN').replaceAll('a', '$' + #secrets.get('/env/TOKEN'))}",
		"{(#secrets.get('/env/TOKEN') * 99999999)}",
		"{(#request.headers['Authorization'][0] and true)}",
		"{#request.jsonContent.a}",
		"{#request.params['a']}",
	} {
		place := expr.Configuration
		got := outcome(text, place, s)
		if !strings.HasPrefix(got, "! character ") || strings.Contains(got, "planted") {
			t.Errorf("%s: got %s", text, got)
		}
	}
	if got := outcome("{#message.jsonContent.a}", expr.Message, s); got != "! character 11: not JSON: the text ends too early" {
		t.Errorf("a message that is no JSON: got %s", got)
	}
}

func TestRequestID(t *testing.T) {
	for given, want := range map[string]string{
		"a-1":                    `"a-1"`,
		strings.Repeat("a", 129): "",
		"a b":                    "",
		`a"b`:                    "",
		"ä":                      "",
		"":                       "",
	} {
		x := plain(t)
		x.Request.Header.Set("X-Request-Id", given)
		got := outcome("{#request.id}", expr.Request, environment().Scope(x))
		if want != "" && got != want {
			t.Errorf("%q: got %s, want %s", given, got, want)
		}
		if want == "" && (len(got) != 18 || strings.Contains(got, given) && given != "") {
			t.Errorf("%q: got %s, want an id of its own", given, got)
		}
		if again := outcome("{#request.id}", expr.Request, environment().Scope(x)); again != got {
			t.Errorf("%q: the request had the id %s and has now %s", given, got, again)
		}
	}
}

func TestLocalAddress(t *testing.T) {
	for want, addr := range map[string]net.Addr{
		"null": nil, `"2001:db8::1"`: &net.TCPAddr{IP: net.ParseIP("2001:db8::1"), Port: 1}, `"/run/a.sock"`: &net.UnixAddr{Name: "/run/a.sock"},
	} {
		x := plain(t)
		if addr != nil {
			x.Request = x.Request.WithContext(context.WithValue(t.Context(), http.LocalAddrContextKey, addr))
		}
		if got := outcome("{#request.localAddress}", expr.Request, environment().Scope(x)); got != want {
			t.Errorf("%v: got %s, want %s", addr, got, want)
		}
	}
}

// TestMessages: a tombstone, and bytes that are no text.
func TestMessages(t *testing.T) {
	env, x := environment(), publish(t)
	expect(t, env.Message(x, &core.Record{}), expr.Message, map[string]string{
		"{#message.content}": "null", "{#message.contentLength}": "null", "{#message.jsonContent}": "null",
		"{#message.headers}": "{}", "{#message.metadata}": "{}", "{#message.attributes}": "{}", "{#request.method}": `"POST"`,
	})
	rec := &core.Record{Key: []byte{0xff}, Value: []byte{}, Topic: "orders"}
	expect(t, env.Message(x, rec), expr.Message, map[string]string{
		"{#message.content}": `""`, "{#message.metadata}": `{"keyBytes":"/w==","topic":"orders"}`,
	})
}

// TestNothingIsCopied: a header is read from the request itself, content is made once.
func TestNothingIsCopied(t *testing.T) {
	x := publish(t)
	s := environment().Scope(x)
	compiled := template(t, "{#request.headers['X-Region'][0]}", expr.Request)
	x.Request.Header["X-Region"][0] = "changed"
	if got, err := compiled.Text(s); got != "changed" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	for _, text := range []string{"{#request.content}", "{#request.jsonContent.sku}", "{#request.params['flag'][0]}"} {
		compiled = template(t, text, expr.Request)
		if _, err := compiled.Text(s); err != nil {
			t.Fatal(err)
		}
		if n := testing.AllocsPerRun(100, func() { _, _ = compiled.Text(s) }); n > 0 {
			t.Errorf("%s: %v allocations when it was asked for before", text, n)
		}
	}
}
