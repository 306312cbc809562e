package published

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/runtime/endpoint"
)

const openAPI = `{"openapi":"3.1.0","servers":[{"url":"/v1"}],"paths":{"/orders":{
	"post":{"operationId":"place","responses":{"200":{"content":{"application/x-ndjson":{}}},"202":{}}},
	"get":{"operationId":"watch","responses":{"101":{},"200":{"description":"ok","content":{"application/json":{},"text/plain":{},"text/event-stream":{}}},"404":{}}}}}}`

const asyncAPI = `{"asyncapi":"3.1.0","channels":{"watch-sse":{"address":"/v1/orders"},"watch-websocket":{"address":"/v1/orders"}},
	"operations":{"watch-sse-send":{},"watch-websocket-send":{},"watch-websocket-receive":{}}}`

func routes(change func(r *Route)) []Route {
	all := []Route{
		{endpoint.HTTPPost, "POST", "/orders", "/orders"},
		{endpoint.HTTPGet, "GET", "/orders", "/orders"},
		{endpoint.SSE, "GET", "/orders", "/orders"},
		{endpoint.WebSocket, "GET", "/orders", "/orders"},
	}
	for i := range all {
		change(&all[i])
	}
	return all
}

// off switches kinds off.
func off(kinds ...endpoint.Kind) func(*Route) {
	return func(r *Route) {
		for _, kind := range kinds {
			if r.Kind == kind {
				r.After = ""
			}
		}
	}
}

func wantJSON(t *testing.T, got []byte, err error, want string) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	var a, b any
	if err := json.Unmarshal(got, &a); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(want), &b); err != nil {
		t.Fatal(err)
	}
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	if string(x) != string(y) {
		t.Errorf("got\n%s\nwant\n%s", x, y)
	}
}

func TestChanged(t *testing.T) {
	same := Base{"/v1", "/v1"}
	if Changed(same, routes(func(*Route) {})) {
		t.Error("nothing has changed")
	}
	if !Changed(Base{"/v1", "/v2"}, nil) || !Changed(same, routes(off(endpoint.SSE))) {
		t.Error("base path and entrypoints count")
	}
}

func TestOpenAPI(t *testing.T) {
	got, err := OpenAPI([]byte(openAPI), Base{"/v1", "/v2"}, routes(func(*Route) {}))
	wantJSON(t, got, err, strings.Replace(openAPI, "/v1", "/v2", 1))

	got, err = OpenAPI([]byte(openAPI), Base{"/v1", "/v1"}, routes(off(endpoint.SSE, endpoint.WebSocket)))
	wantJSON(t, got, err, strings.NewReplacer(`,"text/event-stream":{}`, "", `"101":{},`, "").Replace(openAPI))

	got, err = OpenAPI([]byte(openAPI), Base{"/v1", "/v1"}, routes(off(endpoint.HTTPGet, endpoint.SSE, endpoint.HTTPPost)))
	wantJSON(t, got, err, `{"openapi":"3.1.0","servers":[{"url":"/v1"}],"paths":{"/orders":{"get":{"operationId":"watch","responses":{"101":{},"404":{}}}}}}`)

	got, err = OpenAPI([]byte(openAPI), Base{"/v1", "/v1"}, routes(func(r *Route) {
		off(endpoint.HTTPGet, endpoint.WebSocket)(r)
		if r.Kind == endpoint.SSE {
			r.After = "/events"
		}
	}))
	wantJSON(t, got, err, `{"openapi":"3.1.0","servers":[{"url":"/v1"}],"paths":{
		"/orders":{"post":{"operationId":"place","responses":{"200":{"content":{"application/x-ndjson":{}}},"202":{}}}},
		"/events":{"get":{"operationId":"watch","responses":{"200":{"description":"ok","content":{"text/event-stream":{}}},"404":{}}}}}}`)
}

func TestAsyncAPI(t *testing.T) {
	got, err := AsyncAPI([]byte(asyncAPI), Base{"/v1", "/"}, routes(off(endpoint.WebSocket)))
	wantJSON(t, got, err, `{"asyncapi":"3.1.0","channels":{"watch-sse":{"address":"/orders"}},"operations":{"watch-sse-send":{}}}`)
	got, err = AsyncAPI([]byte(asyncAPI), Base{"/v1", "/v1"}, routes(func(r *Route) {
		if r.Kind == endpoint.SSE {
			r.After = "/events"
		}
	}))
	wantJSON(t, got, err, strings.Replace(asyncAPI, "/v1/orders", "/v1/events", 1))
}

// TestAsyncAPIOfAnOperationNamedAsAKind: what is switched off goes, whatever the operation is called.
func TestAsyncAPIOfAnOperationNamedAsAKind(t *testing.T) {
	named := strings.ReplaceAll(strings.ReplaceAll(asyncAPI, "watch-websocket", "to-sse-websocket2"), "watch-sse", "to-sse-sse")
	got, err := AsyncAPI([]byte(named), Base{"/v1", "/v1"}, routes(off(endpoint.WebSocket)))
	wantJSON(t, got, err, `{"asyncapi":"3.1.0","channels":{"to-sse-sse":{"address":"/v1/orders"}},"operations":{"to-sse-sse-send":{}}}`)
	got, err = AsyncAPI([]byte(named), Base{"/v1", "/v1"}, routes(off(endpoint.SSE)))
	wantJSON(t, got, err, `{"asyncapi":"3.1.0","channels":{"to-sse-websocket2":{"address":"/v1/orders"}},"operations":{"to-sse-websocket2-send":{},"to-sse-websocket2-receive":{}}}`)
}

func TestDocumentsOfAnotherForm(t *testing.T) {
	all := routes(func(*Route) {})
	for text, want := range map[string]string{
		`{`:            "openapi.json: unexpected end of JSON input",
		`{}`:           "openapi.json: paths: the document has not the expected form",
		`{"paths":{}}`: "openapi.json: POST /orders: the document has not the expected form",
	} {
		if _, err := OpenAPI([]byte(text), Base{}, all); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
	if _, err := AsyncAPI([]byte(`{}`), Base{}, all); err == nil || err.Error() != "asyncapi.json: channels: the document has not the expected form" {
		t.Errorf("got %v", err)
	}
}
