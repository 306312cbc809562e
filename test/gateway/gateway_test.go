package gateway

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/penstock-dev/penstock/runtime"
	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/test/harness"
)

func TestUnknownRoutesAndMethods(t *testing.T) {
	r := start(t, setup{})
	problem := r.Do("GET", "/nothing", "").WantProblem(t, 404, "FAILURE_NOT_FOUND")
	if problem["instance"] != "/nothing" {
		t.Errorf("got %v", problem)
	}
	got := r.Do("DELETE", "/orders", "")
	got.WantProblem(t, 405, "FAILURE_METHOD_NOT_ALLOWED")
	for _, method := range []string{"GET", "POST"} {
		if !strings.Contains(got.Header.Get("Allow"), method) {
			t.Errorf("Allow is %q", got.Header.Get("Allow"))
		}
	}
	r.Do("GET", "/orders/", "").WantProblem(t, 404, "FAILURE_NOT_FOUND")
}

func TestEntrypointsShareAPath(t *testing.T) {
	r := start(t, setup{operations: ops(operation("orders", post("none"), get("none", `"messagesLimitDurationMs":100`), sse("none"), websocket("none")))})
	if got := r.Do("GET", "/orders", "", "Accept: application/json"); got.Status != 200 || got.Header.Get("Content-Type") != "application/json" {
		t.Errorf("Accept JSON: got %d %v", got.Status, got.Header)
	}
	if got := r.Do("GET", "/orders", ""); got.Status != 200 || got.Header.Get("Vary") != "Accept" {
		t.Errorf("no Accept: got %d %v", got.Status, got.Header)
	}
	if got := r.Do("GET", "/orders", "", "Accept: text/event-stream;q=0.5, application/json"); got.Header.Get("Content-Type") != "application/json" {
		t.Errorf("JSON before a stream: got %d %v", got.Status, got.Header)
	}
	problem := r.Do("GET", "/orders", "", "Accept: image/png").WantProblem(t, 406, "FAILURE_NOT_ACCEPTABLE")
	want := `the answer can be application/json, application/xml, text/plain or text/event-stream, Accept is "image/png"`
	if problem["detail"] != want {
		t.Errorf("got %v, want %s", problem["detail"], want)
	}
	r.Stream("/orders")
	r.dial("/orders", "")
}

func TestPathParameters(t *testing.T) {
	params := []endpoint.Param{{Name: "region", Enum: []string{"eu", "us"}}, {Name: "shop"}}
	op := operation("stock", endpoint.Entrypoint{Kind: endpoint.HTTPPost, Method: "PUT", Path: "/{region}/stock/{shop}", Params: params, Config: `{"qos":"balanced"}`})
	name := harness.UniqueTopic()
	op.Descriptor.Topic = endpoint.Topic{Template: name + ".{shop}", Params: params[1:]}
	r := start(t, setup{topic: name + ".berlin", operations: ops(op), config: "apis: { shop: { basePath: /v1 } }"})
	header := "Content-Type: application/json"
	if got := r.Do("PUT", "/v1/eu/stock/berlin", order(1), header); got.Status != 202 || !strings.Contains(got.Body, r.topic) {
		t.Fatalf("got %d %s", got.Status, got.Body)
	}
	r.Do("PUT", "/v1/asia/stock/berlin", order(1), header).WantProblem(t, 400, "FAILURE_INVALID_REQUEST")
	r.Do("PUT", "/v1/eu/stock/ber.lin", order(1), header).WantProblem(t, 400, "FAILURE_INVALID_REQUEST")
	r.Do("PUT", "/v1/eu/stock/ber%2Flin", order(1), header).WantProblem(t, 400, "FAILURE_INVALID_REQUEST")
	r.Do("POST", "/v1/eu/stock/berlin", order(1), header).WantProblem(t, 405, "FAILURE_METHOD_NOT_ALLOWED")
}

func TestCORS(t *testing.T) {
	r := start(t, setup{config: `cors: { allowOrigins: ["https://*.example"], allowHeaders: [X-Client-Identifier], maxAge: 10m }`})
	preflight := []string{"Access-Control-Request-Method: POST", "Access-Control-Request-Headers: X-Client-Identifier"}
	got := r.Do("OPTIONS", "/orders", "", append(preflight, "Origin: https://a.example")...)
	h := got.Header
	if got.Status != 204 || h.Get("Access-Control-Allow-Origin") != "https://a.example" || !strings.Contains(h.Get("Access-Control-Allow-Methods"), "POST") ||
		h.Get("Access-Control-Allow-Headers") != "X-Client-Identifier" || h.Get("Access-Control-Max-Age") != "600" {
		t.Errorf("got %d %v", got.Status, h)
	}
	got = r.Do("OPTIONS", "/orders", "", append(preflight, "Origin: https://evil.test")...)
	if got.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("a foreign origin is allowed: %v", got.Header)
	}
	problem := r.post(`{}`, "Origin: https://a.example")
	if problem.Status != 400 || problem.Header.Get("Access-Control-Allow-Origin") != "https://a.example" {
		t.Errorf("a page must be able to read problems: %d %v", problem.Status, problem.Header)
	}
	brief := start(t, setup{
		operations: ops(operation("orders", get("none", `"messagesLimitDurationMs":100`), sse("none"))),
		config:     `cors: { allowOrigins: ["https://*.example"] }`,
	})
	if got := brief.Do("GET", "/orders", "", "Origin: https://a.example").Header.Values("Vary"); fmt.Sprint(got) != "[Origin Accept]" {
		t.Errorf("the answer depends on %v, want Origin and Accept", got)
	}
	off := start(t, setup{})
	if got := off.post(order(1), "Origin: https://a.example"); got.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("without cors: got %v", got.Header)
	}
}

func TestRequestID(t *testing.T) {
	r := start(t, setup{})
	if got := r.post(order(1), "X-Request-Id: abc-1").Header.Get("X-Request-Id"); got != "abc-1" {
		t.Errorf("got %q", got)
	}
	made := r.post(order(1)).Header.Get("X-Request-Id")
	if len(made) != 16 {
		t.Errorf("made %q", made)
	}
	for _, bad := range []string{`a"b`, strings.Repeat("a", 129)} {
		if got := r.post(order(1), "X-Request-Id: "+bad).Header.Get("X-Request-Id"); got == bad || len(got) != 16 {
			t.Errorf("%q was taken over: %q", bad, got)
		}
	}
	if !strings.Contains(r.log.String(), "msg=request method=POST path=/orders status=202") || !strings.Contains(r.log.String(), "request_id=abc-1") {
		t.Error("the request is not in the log")
	}
}

func TestStreamLimits(t *testing.T) {
	r := start(t, setup{config: "limits: { streams: 2, streamsPerAddress: 1 }\nlisten: { trustedProxies: [127.0.0.0/8] }"})
	first := r.Stream("/orders", "X-Forwarded-For: 192.0.2.1")
	got := r.Do("GET", "/orders", "", "Accept: text/event-stream", "X-Forwarded-For: 192.0.2.1")
	got.WantProblem(t, 429, "FAILURE_TOO_MANY_REQUESTS")
	if got.Header.Get("Retry-After") != "5" {
		t.Errorf("Retry-After is %q", got.Header.Get("Retry-After"))
	}
	r.Stream("/orders", "X-Forwarded-For: 192.0.2.2")
	got = r.Do("GET", "/orders", "", "Accept: text/event-stream", "X-Forwarded-For: 192.0.2.3")
	got.WantProblem(t, 503, "FAILURE_TOO_MANY_STREAMS")
	if got.Header.Get("Retry-After") != "5" {
		t.Errorf("Retry-After is %q", got.Header.Get("Retry-After"))
	}
	first.Close()
	harness.Eventually(t, "a free place", func() bool {
		status, text := r.adminGet("/metrics")
		return status == 200 && strings.Contains(text, `penstock_open_streams{api="shop",entrypoint="sse",operation="orders"} 1`)
	})
	r.Stream("/orders", "X-Forwarded-For: 192.0.2.1")
}

func TestMetricsCount(t *testing.T) {
	r := start(t, setup{operations: ops(operation("orders", everyEntrypoint("balanced")...))})
	r.post(order(1))
	r.post(`{}`)
	s := r.Stream("/orders")
	r.post(order(2))
	s.WantData(order(2))
	want := []string{
		`penstock_requests_total{api="shop",code="202",entrypoint="http-post",operation="orders"} 2`,
		`penstock_requests_total{api="shop",code="400",entrypoint="http-post",operation="orders"} 1`,
		`penstock_request_duration_seconds_count{api="shop",entrypoint="http-post",operation="orders"} 3`,
		`penstock_records_total{api="shop",direction="in",entrypoint="http-post",operation="orders"} 2`,
		`penstock_record_bytes_total{api="shop",direction="in",entrypoint="http-post",operation="orders"} 24`,
		`penstock_records_total{api="shop",direction="out",entrypoint="sse",operation="orders"} 1`,
		`penstock_open_streams{api="shop",entrypoint="sse",operation="orders"} 1`,
		`state="reachable"} 1`, `purpose="producer"} 1`, `purpose="member"} 1`, `penstock_build_info{version="dev"} 1`,
		"penstock_hub_bytes 0", "go_goroutines", "process_start_time_seconds",
	}
	harness.Eventually(t, "all counters", func() bool {
		_, text := r.adminGet("/metrics")
		return !slices.ContainsFunc(want, func(line string) bool { return !strings.Contains(text, line) })
	})
}

func TestDocumentsAndIndex(t *testing.T) {
	mount := func(gw *runtime.Gateway) {
		api := runtime.API{
			Name: "other", Title: "<Other>", Version: "2", Source: "other.yaml",
			Documents: runtime.Documents{OpenAPI: []byte(`{"openapi":"3.1.0"}`), AsyncAPI: []byte(`{"asyncapi":"3.1.0"}`)},
		}
		if err := gw.Mount(api); err != nil {
			t.Error(err)
		}
	}
	r := start(t, setup{use: mount})
	for path, want := range map[string]string{"/docs/other/openapi.json": `{"openapi":"3.1.0"}`, "/docs/other/asyncapi.json": `{"asyncapi":"3.1.0"}`} {
		if got := r.Do("GET", path, ""); got.Status != 200 || got.Body != want || got.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: got %d %s", path, got.Status, got.Body)
		}
	}
	index := r.Do("GET", "/docs", "")
	if head := r.Do("HEAD", "/docs", ""); head.Status != 200 || head.Body != "" || head.Header.Get("Content-Type") != index.Header.Get("Content-Type") {
		t.Errorf("HEAD: got %d %v %q", head.Status, head.Header, head.Body)
	}
	for _, want := range []string{"&lt;Other&gt;", `href="/docs/other/openapi.json"`, "<code>/orders</code>", "Shop"} {
		if !strings.Contains(index.Body, want) {
			t.Errorf("%q is missing from %s", want, index.Body)
		}
	}
	if policy := index.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") {
		t.Errorf("the policy is %q", policy)
	}
	r.Do("GET", "/docs/shop/openapi.json", "").WantProblem(t, 404, "FAILURE_NOT_FOUND")
	r.Do("GET", "/openapi.json", "").WantProblem(t, 404, "FAILURE_NOT_FOUND")
}

func TestMiddlewareOfAnAPI(t *testing.T) {
	var order []string
	note := func(name string) echo.MiddlewareFunc {
		return func(next echo.HandlerFunc) echo.HandlerFunc {
			return func(c echo.Context) error {
				order = append(order, name)
				if c.Request().Header.Get("X-Key") == "" {
					return echo.NewHTTPError(http.StatusUnauthorized)
				}
				return next(c)
			}
		}
	}
	r := start(t, setup{use: func(gw *runtime.Gateway) { gw.Use("shop", note("outer"), note("inner")) }})
	r.post(`{"id":"a"}`).WantProblem(t, 401, "FAILURE_UNAUTHENTICATED")
	if got := r.post(`{"id":"a"}`, "X-Key: k"); got.Status != 202 {
		t.Errorf("got %d %s", got.Status, got.Body)
	}
	if fmt.Sprint(order) != "[outer outer inner]" {
		t.Errorf("the order is %v", order)
	}
}

func TestPanicOfMiddlewareIs500(t *testing.T) {
	r := start(t, setup{use: func(gw *runtime.Gateway) {
		gw.Use("shop", func(echo.HandlerFunc) echo.HandlerFunc { return func(echo.Context) error { panic("secret cause") } })
	}})
	got := r.post(`{"id":"a"}`)
	got.WantProblem(t, 500, "FAILURE_INTERNAL")
	if strings.Contains(got.Body, "secret") || !strings.Contains(r.log.String(), "secret cause") {
		t.Errorf("the cause belongs into the log only: %s", got.Body)
	}
}
