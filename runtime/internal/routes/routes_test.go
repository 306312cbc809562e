package routes

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/penstock-dev/penstock/runtime/endpoint"
)

func TestParsePath(t *testing.T) {
	for _, test := range []struct {
		template, echo, shape string
		params                []string
	}{
		{"/", "/", "/", nil},
		{"/orders", "/orders", "/orders", nil},
		{"/orders/{id}/lines/{line}", "/orders/:id/lines/:line", "/orders/{}/lines/{}", []string{"id", "line"}},
		{"/orders:batch", `/orders\:batch`, "/orders:batch", nil},
	} {
		p, err := ParsePath(test.template)
		if err != nil || p.Echo != test.echo || p.Shape != test.shape || !slices.Equal(p.Params, test.params) {
			t.Errorf("%s: got %+v, %v", test.template, p, err)
		}
	}
	for template, want := range map[string]string{
		"orders":         `path "orders" does not start with "/"`,
		"/o/{id}.json":   `path "/o/{id}.json": a parameter is a whole segment, as {name}`,
		"/o/{}":          `path "/o/{}": a parameter is a whole segment, as {name}`,
		"/o/{id}/p/{id}": `path "/o/{id}/p/{id}": parameter "id" stands twice`,
		"/o/*":           `path "/o/*": "*" may not hold *, ? or #`,
	} {
		if _, err := ParsePath(template); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", template, err, want)
		}
	}
}

func TestJoin(t *testing.T) {
	for _, test := range [][3]string{
		{"/", "/orders", "/orders"},
		{"/v1", "/orders", "/v1/orders"},
		{"/v1/", "/orders", "/v1/orders"},
		{"/v1", "/", "/v1"},
		{"", "/", "/"},
		{"/", "/", "/"},
	} {
		if got := Join(test[0], test[1]); got != test[2] {
			t.Errorf("Join(%q, %q) = %q, want %q", test[0], test[1], got, test[2])
		}
	}
}

// answer is a handler that writes its name and the parameters that it sees.
func answer(name string) echo.HandlerFunc {
	return func(c echo.Context) error {
		text := name
		for i, p := range c.ParamNames() {
			text += " " + p + "=" + c.ParamValues()[i]
		}
		return c.String(http.StatusOK, text)
	}
}

func route(owner string, kind endpoint.Kind, method, path string) Route {
	return Route{Owner: owner, Kind: kind, Method: method, Path: path, Handler: answer(owner)}
}

func TestDispatch(t *testing.T) {
	table := NewTable()
	if err := table.Add(
		route("ws", endpoint.WebSocket, "GET", "/all/{a}"),
		route("get", endpoint.HTTPGet, "GET", "/all/{a}"),
		route("sse", endpoint.SSE, "GET", "/all/{b}"),
		route("post", endpoint.HTTPPost, "POST", "/all/{a}"),
		route("only-sse", endpoint.SSE, "GET", "/sse"),
		route("only-ws", endpoint.WebSocket, "GET", "/ws"),
		route("colon", endpoint.HTTPPost, "POST", "/orders:batch"),
		route("sse-ws", endpoint.SSE, "GET", "/two"),
		route("ws-sse", endpoint.WebSocket, "GET", "/two"),
	); err != nil {
		t.Fatal(err)
	}
	e := echo.New()
	table.Install(e)
	upgrade := "Connection: keep-alive, Upgrade|Upgrade: WebSocket"
	for _, test := range []struct {
		method, path, header string
		want                 string
	}{
		{"GET", "/all/1", "", "get a=1"},
		{"GET", "/all/1", "Accept: application/json", "get a=1"},
		{"GET", "/all/1", "Accept: text/event-stream", "sse b=1"},
		{"GET", "/all/1", "Accept: application/json;q=0.5, Text/Event-Stream", "sse b=1"},
		{"GET", "/all/1", "Accept: application/json, text/event-stream;q=0.5", "get a=1"},
		{"GET", "/all/1", "Accept: text/event-stream;q=0, */*", "get a=1"},
		{"GET", "/all/1", upgrade, "ws a=1"},
		{"GET", "/all/1", "Upgrade: websocket", "get a=1"},
		{"POST", "/all/1", upgrade, "post a=1"},
		{"GET", "/sse", "", "only-sse"},
		{"GET", "/sse", "Accept: */*", "only-sse"},
		{"GET", "/ws", "", "only-ws"},
		{"GET", "/two", "", "sse-ws"},
		{"GET", "/two", upgrade, "ws-sse"},
		{"POST", "/orders:batch", "", "colon"},
	} {
		r := httptest.NewRequest(test.method, test.path, nil)
		for line := range strings.SplitSeq(test.header, "|") {
			if name, value, ok := strings.Cut(line, ": "); ok {
				r.Header.Add(name, value)
			}
		}
		w := httptest.NewRecorder()
		e.ServeHTTP(w, r)
		if w.Code != http.StatusOK || w.Body.String() != test.want {
			t.Errorf("%s %s %q: got %d %q, want %q", test.method, test.path, test.header, w.Code, w.Body, test.want)
		}
	}
	w := httptest.NewRecorder()
	e.ServeHTTP(w, httptest.NewRequest(http.MethodPut, "/all/1", nil))
	if w.Code != http.StatusMethodNotAllowed || !strings.Contains(w.Header().Get("Allow"), "POST") {
		t.Errorf("got %d with Allow %q", w.Code, w.Header().Get("Allow"))
	}
	w = httptest.NewRecorder()
	e.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/all/1", nil))
	if w.Header().Get("Vary") != "Accept" {
		t.Errorf("Vary is %q, want Accept", w.Header().Get("Vary"))
	}
}

func TestEqualRoutesAreRefused(t *testing.T) {
	table := NewTable()
	if err := table.Add(route("a", endpoint.SSE, "GET", "/orders/{id}"), route("docs", Page, "GET", "/docs")); err != nil {
		t.Fatal(err)
	}
	err := table.Add(
		route("b", endpoint.SSE, "GET", "/orders/{key}"),
		route("c", endpoint.HTTPGet, "GET", "/orders/{key}"),
		route("d", endpoint.HTTPGet, "GET", "/orders/{id}"),
		route("e", endpoint.HTTPGet, "GET", "/docs"),
		route("f", endpoint.HTTPGet, "GET", "docs"),
	)
	want := strings.Join([]string{
		"a and b both serve GET /orders/{key} as sse",
		"c and d both serve GET /orders/{id} as http-get",
		"docs and e both serve GET /docs as http-get",
		`f: path "docs" does not start with "/"`,
	}, "\n")
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	if table.Has("GET", "/orders/{x}") != true || table.Has("POST", "/orders/{x}") {
		t.Error("a refused Add must leave the table as it was")
	}
	if err := table.Add(route("c", endpoint.HTTPGet, "GET", "/orders/{key}")); err != nil {
		t.Errorf("http-get beside sse: %v", err)
	}
}
