package runtime

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/compile"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
	"github.com/penstock-dev/penstock/runtime/internal/routes"
)

// Explanation is the configuration that a request gets.
type Explanation struct {
	API        string              `json:"api"`
	Operation  string              `json:"operation"`
	Entrypoint string              `json:"entrypoint"`
	Endpoints  []ExplainedEndpoint `json:"endpoints"` // of several the load balancer chooses one
	// Messages is what attributes and the entrypoint's options say about the messages that the request
	// publishes: topics, key, partition and headers. Of several lines about one of them the first that
	// gives a value counts. Topics and a key that nothing names here are those of the endpoint and none.
	Messages []ExplainedValue `json:"messages,omitempty"`
	// Unset are the attributes of the document that are not set because their condition or value
	// fails: Pointer is the name, Value the text as it is written, Problem what fails.
	Unset []ExplainedValue `json:"unset,omitempty"`
}

// ExplainedEndpoint is what one endpoint gives to a request.
type ExplainedEndpoint struct {
	Name   string           `json:"name"`
	Values []ExplainedValue `json:"values"`
}

// ExplainedValue is one value and what gave it.
type ExplainedValue struct {
	// Pointer leads into the endpoint object or, as "/http-post/key", into the object of entrypoints;
	// "topic" is what the document names, "groupId", "recordKey" and, of messages, "producer.topics" what attributes choose.
	Pointer string `json:"pointer"`
	Value   string `json:"value"` // as JSON; a secret is "REDACTED"
	// Source is a place of the document, "attribute NAME (place)", "document" or "default".
	Source string `json:"source"`
	// OfEachMessage says that the value needs a message: Value is the text as it is written. Condition
	// is an expression that needs a message too, and has to hold for the value to be set; "" for none.
	OfEachMessage bool   `json:"ofEachMessage,omitempty"`
	Condition     string `json:"condition,omitempty"`
	// Problem says which messages of a WebSocket are refused by this, and why; Value is the text as it
	// is written, or what it gave. A request with one message is a *Refusal instead. Of an attribute
	// that is not set it says what fails.
	Problem string `json:"problem,omitempty"`
}

// Refusal is the error of Explain for a request that the gateway refuses.
type Refusal struct {
	Status  int
	Problem []byte // the answer, as the client sees it
	Cause   error  // what the log says
}

// Error is the status with the cause.
func (r *Refusal) Error() string { return fmt.Sprintf("refused with status %d: %v", r.Status, r.Cause) }

// Unwrap gives the cause.
func (r *Refusal) Unwrap() error { return r.Cause }

// Explain says what configuration a request would get from a gateway that serves some apis,
// without a connection to Kafka. claims are what authentication would have found out; nil is an
// anonymous caller. Credentials of the request, scopes and rates are not checked, and attributes
// that Go code sets are not there. A request that the gateway would refuse is a *Refusal; other
// errors are about the configuration.
func Explain(cfg Config, apis []API, r *http.Request, claims map[string]any) (Explanation, error) {
	gw, err := New(cfg, WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		return Explanation{}, err
	}
	defer func() { _ = gw.kafka.Close(r.Context()) }() // it has no clients
	e := &explanation{gw: gw, identity: exchange.Identity{Claims: claims}}
	e.identity.Subject, _ = claims["sub"].(string)
	var problems []error
	for _, api := range apis {
		problems = append(problems, e.mount(api))
	}
	if err := errors.Join(problems...); err != nil {
		return Explanation{}, err
	}
	gw.table.Install(gw.echo)
	answer := gw.echo.HTTPErrorHandler
	gw.echo.HTTPErrorHandler = func(err error, c echo.Context) {
		e.cause = cause(err, c.Request())
		answer(err, c)
	}
	client := &recorder{header: http.Header{}}
	gw.echo.ServeHTTP(client, r)
	if e.cause != nil {
		return Explanation{}, &Refusal{client.status, client.body.Bytes(), e.cause}
	}
	return e.made, nil
}

// cause is what the log says of an error; where no route was found, which request that was.
func cause(err error, r *http.Request) error {
	var unrouted *echo.HTTPError
	if errors.As(err, &unrouted) && (unrouted.Code == http.StatusNotFound || unrouted.Code == http.StatusMethodNotAllowed) {
		return fmt.Errorf("no operation of the documents answers %s %s", r.Method, r.URL.Path)
	}
	return err
}

// recorder is a client that keeps its answer.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header implements http.ResponseWriter.
func (r *recorder) Header() http.Header { return r.header }

// Write implements http.ResponseWriter.
func (r *recorder) Write(p []byte) (int, error) { return r.body.Write(p) }

// WriteHeader implements http.ResponseWriter.
func (r *recorder) WriteHeader(status int) { r.status = status }

// explanation is one run of Explain.
type explanation struct {
	gw       *Gateway
	identity exchange.Identity
	made     Explanation
	cause    error
}

// mount adds the routes of an api.
func (e *explanation) mount(api API) error {
	cfg, err := e.gw.cfg.APIs.Resolve(namesOf(api))
	if err != nil {
		return err
	}
	env, err := e.gw.environment(api)
	if err != nil {
		return err
	}
	var problems []error
	for _, op := range api.Operations {
		explainer, err := compile.Explain(compile.Input{
			Descriptor: op.Descriptor, Config: cfg, Tenant: e.gw.cfg.Tenant, Env: env, Log: e.gw.log,
		})
		if err != nil {
			problems = append(problems, err)
			continue
		}
		for _, entry := range explainer.Entrypoints {
			problems = append(problems, e.gw.table.Add(routes.Route{
				Owner: fmt.Sprintf("operation %q of api %q", op.Descriptor.Operation, api.Name),
				Kind:  entry.Kind, Method: entry.Method, Path: entry.Path, Handler: e.handler(op.Descriptor, explainer, entry.Kind),
			}))
		}
	}
	return errors.Join(problems...)
}

// handler explains the requests of one entrypoint.
func (e *explanation) handler(d endpoint.Descriptor, explainer *compile.Explainer, kind endpoint.Kind) echo.HandlerFunc {
	open := len(d.Security) == 0 || slices.ContainsFunc(d.Security, func(r endpoint.Requirement) bool { return len(r) == 0 })
	return func(c echo.Context) error {
		if !open && e.identity.Claims == nil {
			return core.Wrap(core.CodeUnauthenticated, "explain", errors.New("the operation needs credentials, and no claims are given"))
		}
		r := c.Request()
		c.SetRequest(r.WithContext(exchange.With(r.Context(), &exchange.Known{Identity: e.identity})))
		x, err := e.gw.host.Enter(c, explainer.Operation, kind)
		if err != nil {
			return err
		}
		if kind == endpoint.HTTPPost {
			if x.Body, err = io.ReadAll(http.MaxBytesReader(c.Response(), r.Body, e.gw.host.Limits.Body)); err != nil {
				return err
			}
		}
		found, err := explainer.Request(x)
		if err != nil {
			return err
		}
		e.made = explained(found)
		e.made.API, e.made.Operation, e.made.Entrypoint = d.API, d.Operation, string(kind)
		return nil
	}
}

// explained is what was found out about a request.
func explained(found compile.Explanation) Explanation {
	var out Explanation
	for _, v := range found.Messages {
		out.Messages = append(out.Messages, ExplainedValue(v))
	}
	for _, v := range found.Unset {
		out.Unset = append(out.Unset, ExplainedValue(v))
	}
	for _, of := range found.Endpoints {
		endpoint := ExplainedEndpoint{Name: of.Endpoint}
		for _, v := range of.Values {
			if v.Pointer != "/inheritConfiguration" { // the switch was thrown; what it chose is listed
				endpoint.Values = append(endpoint.Values, ExplainedValue(v))
			}
		}
		out.Endpoints = append(out.Endpoints, endpoint)
	}
	return out
}
