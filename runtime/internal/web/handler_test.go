package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// answer runs the error handler for one error.
func answer(t *testing.T, method string, fail error) (*httptest.ResponseRecorder, string) {
	t.Helper()
	var log strings.Builder
	e := echo.New()
	e.HTTPErrorHandler = ErrorHandler(slog.New(slog.NewTextHandler(&log, nil)))
	e.Add(method, "/orders/:id", func(echo.Context) error { return fail })
	recorder := httptest.NewRecorder()
	e.ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), method, `/orders/a%22b`, nil))
	return recorder, log.String()
}

func TestErrorHandler(t *testing.T) {
	cause := errors.New("dial tcp 10.0.0.1:9092: refused")
	for _, c := range []struct {
		name   string
		err    error
		status int
		retry  string
		want   string
		logged string
	}{
		{
			"the caller's fault", core.NewError(core.CodeInvalidCursor, `cursor "x" is malformed`), 400, "",
			`{"type":"about:blank","title":"Invalid cursor","status":400,"detail":"cursor \"x\" is malformed","code":"FAILURE_INVALID_CURSOR","instance":"/orders/a%22b"}`, "",
		},
		{
			"violations", fmt.Errorf("outside: %w", &core.Error{Code: core.CodeInvalidMessage, Violations: []core.Violation{{Pointer: "/a", Detail: "is missing"}, {Pointer: "", Detail: "is odd"}}}), 400, "",
			`{"type":"about:blank","title":"Invalid message","status":400,"detail":"the message breaks 2 rules of its schema","code":"FAILURE_INVALID_MESSAGE","instance":"/orders/a%22b","errors":[{"pointer":"/a","detail":"is missing"},{"pointer":"","detail":"is odd"}]}`, "",
		},
		{
			"gone", &core.Error{Code: core.CodeCursorGone, Oldest: "b3JkZXJzQDAjNA=="}, 410, "",
			`{"type":"about:blank","title":"Cursor below the log","status":410,"code":"FAILURE_CURSOR_GONE","instance":"/orders/a%22b","oldest":"b3JkZXJzQDAjNA=="}`, "",
		},
		{
			"Kafka's fault", &core.Error{Code: core.CodeBrokerUnavailable, Op: "produce", Detail: "10.0.0.1", Err: cause}, 503, "1",
			`{"type":"about:blank","title":"Kafka unavailable","status":503,"detail":"Kafka cannot be reached; nothing was read or written","code":"FAILURE_BROKER_UNAVAILABLE","instance":"/orders/a%22b"}`,
			`level=WARN msg="request failed" method=GET path="/orders/a\"b" status=503 code=FAILURE_BROKER_UNAVAILABLE error="produce: FAILURE_BROKER_UNAVAILABLE: 10.0.0.1: dial tcp 10.0.0.1:9092: refused" request_id="" not_logged=0` + "\n",
		},
		{
			"the gateway's fault", cause, 500, "",
			`{"type":"about:blank","title":"Internal error","status":500,"detail":"the gateway could not do this; the cause is in its log","code":"FAILURE_INTERNAL","instance":"/orders/a%22b"}`,
			`level=ERROR msg="request failed" method=GET path="/orders/a\"b" status=500 code=FAILURE_INTERNAL error="dial tcp 10.0.0.1:9092: refused" request_id="" not_logged=0` + "\n",
		},
		{
			"an unknown code", core.NewError("FAILURE_NEW", "secret"), 500, "",
			`{"type":"about:blank","title":"Internal error","status":500,"detail":"the gateway could not do this; the cause is in its log","code":"FAILURE_NEW","instance":"/orders/a%22b"}`,
			`level=ERROR msg="request failed" method=GET path="/orders/a\"b" status=500 code=FAILURE_NEW error="FAILURE_NEW: secret" request_id="" not_logged=0` + "\n",
		},
		{
			"a limit", &core.Error{Code: core.CodeTooManyRequests, Detail: "too many", RetryAfter: 5}, 429, "5",
			`{"type":"about:blank","title":"Too many requests","status":429,"detail":"too many","code":"FAILURE_TOO_MANY_REQUESTS","instance":"/orders/a%22b"}`, "",
		},
		{
			"a body that Go cuts", &http.MaxBytesError{Limit: 3}, 413, "",
			`{"type":"about:blank","title":"Message too large","status":413,"detail":"the body is larger than 3 bytes","code":"FAILURE_TOO_LARGE","instance":"/orders/a%22b"}`, "",
		},
		{
			"Echo's", echo.NewHTTPError(http.StatusForbidden, "not today"), 403, "",
			`{"type":"about:blank","title":"Forbidden","status":403,"detail":"not today","code":"FAILURE_FORBIDDEN","instance":"/orders/a%22b"}`, "",
		},
		{
			"Echo's with a status of its own", echo.NewHTTPError(http.StatusTeapot), 418, "",
			`{"type":"about:blank","title":"Invalid request","status":418,"code":"FAILURE_INVALID_REQUEST","instance":"/orders/a%22b"}`, "",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, logged := answer(t, http.MethodGet, c.err)
			if got.Code != c.status || got.Body.String() != c.want {
				t.Errorf("%d\n got %s\nwant %s", got.Code, got.Body, c.want)
			}
			if ct := got.Header().Get("Content-Type"); ct != "application/problem+json" {
				t.Errorf("content type %q", ct)
			}
			if retry := got.Header().Get("Retry-After"); retry != c.retry {
				t.Errorf("Retry-After %q, want %q", retry, c.retry)
			}
			if !strings.HasSuffix(logged, c.logged) || (c.logged == "") != (logged == "") {
				t.Errorf("logged %s\nwant %s", logged, c.logged)
			}
		})
	}
}

func TestUnknownRouteAndMethod(t *testing.T) {
	e := echo.New()
	e.HTTPErrorHandler = ErrorHandler(slog.New(slog.DiscardHandler))
	e.GET("/orders", func(echo.Context) error { return nil })
	e.PUT("/orders", func(echo.Context) error { return nil })
	for _, c := range []struct {
		method, path, want, allow string
	}{
		{http.MethodGet, "/order", `{"type":"about:blank","title":"Not found","status":404,"detail":"no operation has this path","code":"FAILURE_NOT_FOUND","instance":"/order"}`, ""},
		{http.MethodDelete, "/orders", `{"type":"about:blank","title":"Method not allowed","status":405,"detail":"the path has no such method: use GET or PUT","code":"FAILURE_METHOD_NOT_ALLOWED","instance":"/orders"}`, "OPTIONS, GET, PUT"},
	} {
		got := httptest.NewRecorder()
		e.ServeHTTP(got, httptest.NewRequestWithContext(t.Context(), c.method, c.path, nil))
		if got.Body.String() != c.want || got.Header().Get("Allow") != c.allow {
			t.Errorf("Allow %q\n got %s\nwant %s", got.Header().Get("Allow"), got.Body, c.want)
		}
	}
}

func TestHeadHasNoBody(t *testing.T) {
	got, _ := answer(t, http.MethodHead, core.NewError(core.CodeNotFound, "x"))
	if got.Code != http.StatusNotFound || got.Body.Len() != 0 {
		t.Errorf("%d %q", got.Code, got.Body)
	}
}

func TestAnswerThatBeganIsLeft(t *testing.T) {
	e := echo.New()
	e.HTTPErrorHandler = ErrorHandler(slog.New(slog.DiscardHandler))
	e.GET("/", func(c echo.Context) error {
		if err := c.String(http.StatusOK, "begun"); err != nil {
			return err
		}
		return errors.New("later")
	})
	got := httptest.NewRecorder()
	e.ServeHTTP(got, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
	if got.Code != http.StatusOK || got.Body.String() != "begun" {
		t.Errorf("%d %q", got.Code, got.Body)
	}
}

// TestClientGone: a client that left is no failure of the gateway.
func TestClientGone(t *testing.T) {
	var log strings.Builder
	e := echo.New()
	e.HTTPErrorHandler = ErrorHandler(slog.New(slog.NewTextHandler(&log, nil)))
	e.GET("/", func(c echo.Context) error { return c.Request().Context().Err() })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	got := httptest.NewRecorder()
	e.ServeHTTP(got, httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil))
	if got.Code != statusClientGone || got.Body.Len() != 0 || log.String() != "" {
		t.Errorf("%d %q, logged %s", got.Code, got.Body, log.String())
	}
}

// TestEveryFixedTextIsA5xx: only a 5xx may hide what an error says.
func TestEveryFixedTextIsA5xx(t *testing.T) {
	for code := range details {
		if code.Status() < 500 {
			t.Errorf("%s has a fixed text", code)
		}
	}
	for _, code := range core.Codes() {
		if _, ok := details[code]; !ok && code.Status() >= 500 {
			t.Errorf("%s has no fixed text", code)
		}
	}
}

func TestAppendResults(t *testing.T) {
	at := time.Date(2026, 1, 31, 13, 0, 0, 120_000_000, time.FixedZone("", 3600))
	e := &core.Error{Code: core.CodePartial, Results: []core.Result{
		{Topic: "a", Receipt: core.Receipt{Topic: "a", Partition: 1, Offset: 2, Timestamp: at}},
		{Topic: "b", Err: core.NewError(core.CodeTooLarge, "above 1 MiB")},
	}}
	got := string(AppendProblem(nil, e, ""))
	want := `{"type":"about:blank","title":"Partly published","status":502,"detail":"the message is in some of its topics only; results has one entry for each topic","code":"FAILURE_PARTIAL","results":[` +
		`{"topic":"a","partition":1,"offset":2,"timestamp":"2026-01-31T12:00:00.120Z"},` +
		`{"topic":"b","title":"Message too large","status":413,"detail":"above 1 MiB","code":"FAILURE_TOO_LARGE"}]}`
	if got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

// TestRepeatedFailuresAreCounted: a line a second, but faults of the gateway each.
func TestRepeatedFailuresAreCounted(t *testing.T) {
	var log strings.Builder
	away, fault := core.NewError(core.CodeBrokerUnavailable, ""), errors.New("fault")
	next := error(away)
	e := echo.New()
	logger, failures := slog.New(slog.NewTextHandler(&log, nil)), &Sampler{}
	e.HTTPErrorHandler = func(err error, c echo.Context) {
		logFailure(logger, failures, c, Of(err), err, Of(err).Code.Status())
	}
	e.GET("/", func(echo.Context) error { return next })
	request := func() {
		e.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
	}
	for range 5 {
		request()
	}
	failures.last[core.CodeBrokerUnavailable].at = time.Now().Add(-logEvery)
	request()
	next = fault
	request()
	request()
	if n := strings.Count(log.String(), "\n"); n != 4 || strings.Count(log.String(), "not_logged=4\n") != 1 {
		t.Errorf("logged %d lines:\n%s", n, log.String())
	}
}
