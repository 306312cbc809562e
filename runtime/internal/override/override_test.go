package override

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
	"github.com/penstock-dev/penstock/runtime/internal/scope"
	"github.com/penstock-dev/penstock/schema"
)

// prefix begins the names of attributes that override a property.
const prefix = "gravitee.attributes.endpoint.kafka."

// store is #secrets of the tests.
type store map[string]string

func (s store) Get(uri string) (string, error) {
	value, ok := s[uri]
	if !ok {
		return "", fmt.Errorf("there is no secret %q", uri)
	}
	return value, nil
}

func environment() *scope.Environment {
	return &scope.Environment{
		API:          scope.API{Name: "orders"},
		Properties:   map[string]string{"region": "eu"},
		Dictionaries: map[string]map[string]string{"brokers": {"eu": "eu:9092"}},
		Secrets:      store{"/env/PASSWORD": "hunter2"},
	}
}

// given is what a test compiles.
type given struct {
	object     string // JSON
	attributes []endpoint.Attribute
	allow      map[string][]string
	env        *scope.Environment
	log        *slog.Logger
	origin     []endpoint.Origin
}

func (g given) input(t testing.TB) Input {
	t.Helper()
	value, err := schema.ParseJSON([]byte(g.object))
	if err != nil {
		t.Fatal(err)
	}
	object, _ := schema.Canonical(value).(map[string]any)
	if g.env == nil {
		g.env = environment()
	}
	if g.log == nil {
		g.log = slog.New(slog.DiscardHandler)
	}
	return Input{
		API: "orders", Operation: "read", Object: object, Attributes: g.attributes, Allow: g.allow,
		Env: g.env, Log: g.log, Origin: g.origin,
	}
}

// operation is a compiled configuration with its attributes.
type operation struct {
	*Configuration
	attributes *Attributes
}

func compile(t testing.TB, g given) operation {
	t.Helper()
	in := g.input(t)
	c, err := Compile(in)
	if err != nil {
		t.Fatal(err)
	}
	a, err := CompileAttributes(in.Attributes, in.Env, in.Log)
	if err != nil {
		t.Fatal(err)
	}
	return operation{c, a}
}

// request makes an exchange with headers, "Name: value".
func request(t testing.TB, headers ...string) *exchange.Exchange {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://gateway.example/orders?t=a&t=b", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		r.Header[http.CanonicalHeaderKey(name)] = []string{value}
	}
	return &exchange.Exchange{Kind: endpoint.HTTPGet, Request: r, Attributes: &core.Attributes{}}
}

// run evaluates a request.
func (o operation) run(t testing.TB, headers ...string) (*Endpoint, error) {
	t.Helper()
	x := request(t, headers...)
	o.attributes.Request(x)
	return o.Evaluate(x)
}

func (o operation) must(t testing.TB, headers ...string) *Endpoint {
	t.Helper()
	e, err := o.run(t, headers...)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// at reads a property of the evaluated object.
func at(t testing.TB, e *Endpoint, property string) any {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(e.JSON), &value); err != nil {
		t.Fatal(err)
	}
	for _, name := range strings.Split(schema.PropertyPointer(property)[1:], "/") {
		object, _ := value.(map[string]any)
		value = object[name]
	}
	return value
}

// set is an assignment of a text.
func set(name, value string) endpoint.Attribute {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return endpoint.Attribute{Name: name, Value: endpoint.JSON(text), Source: "orders.yaml:9:7"}
}

func perMessage(name, value string) endpoint.Attribute {
	a := set(name, value)
	a.Message = true
	return a
}

// object is an endpoint object with these members of sharedConfigurationOverride.
func object(shared string) string {
	return `{"name":"default","configuration":{"bootstrapServers":"kafka:9092"},"sharedConfigurationOverride":{` + shared + `}}`
}

// wants compares an error with its text; "" is no error.
func wants(t testing.TB, err error, code core.Code, text string) {
	t.Helper()
	if text == "" {
		if err != nil {
			t.Errorf("got %v", err)
		}
		return
	}
	if err == nil || err.Error() != text || core.CodeOf(err) != code {
		t.Errorf("got  %v\nwant %s", err, text)
	}
}

// logged collects lines of a log.
func logged() (*slog.Logger, *bytes.Buffer) {
	var out bytes.Buffer
	return slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	})), &out
}

// compiles gives the lines of what Compile says.
func compiles(t *testing.T, g given) []string {
	t.Helper()
	_, err := Compile(g.input(t))
	var lines []string
	var walk func(error)
	walk = func(err error) {
		var several interface{ Unwrap() []error }
		var problem *Problem
		switch {
		case err == nil:
		case errors.As(err, &several) && !errors.As(err, &problem):
			for _, inner := range several.Unwrap() {
				walk(inner)
			}
		default:
			lines = append(lines, strings.Split(err.Error(), "\n")...)
		}
	}
	walk(err)
	return lines
}
