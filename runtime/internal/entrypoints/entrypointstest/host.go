// Package entrypointstest has doubles of what stands around an entrypoint, for tests: a host, a
// sink and a stream. None of them is Kafka.
package entrypointstest

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
	"github.com/penstock-dev/penstock/runtime/internal/web"
)

// Host is a host with small limits whose state a test can read and change.
type Host struct {
	entrypoints.Host
	Counters *Counters
	Logged   *Log
	Drain    func() // asks the streams to go away
	Refuse   error  // of Stream; set before the first request
}

// NewHost makes a host: 1 KiB bodies and lines, 4 KiB streams, one second of stalling.
func NewHost() *Host {
	draining := make(chan struct{})
	h := &Host{Counters: &Counters{}, Logged: &Log{}, Drain: sync.OnceFunc(func() { close(draining) })}
	h.Host = entrypoints.Host{
		Log: slog.New(slog.NewTextHandler(h.Logged, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Limits: entrypoints.Limits{
			Body: 1 << 10, NDJSONLine: 1 << 10, WebSocketMessage: 1 << 10, BytesPerStream: 4 << 10,
			WriteStall: time.Second,
		},
		Caller: func(r *http.Request) (exchange.Caller, error) {
			return exchange.Caller{Address: "192.0.2.1", ClientID: r.Header.Get("X-Client-Identifier")}, nil
		},
		Stream: func(exchange.Caller) (func(), error) {
			if h.Refuse != nil {
				return nil, h.Refuse
			}
			h.Counters.Places.Add(1)
			return func() { h.Counters.Places.Add(-1) }, nil
		},
		OriginAllowed: func(r *http.Request) bool { return r.Header.Get("Origin") != "https://evil.example" },
		Draining:      draining,
		Metrics:       h.Counters,
	}
	return h
}

// Expire makes the credentials of every caller end a time after their request came.
func (h *Host) Expire(after time.Duration) {
	find := h.Caller
	h.Caller = func(r *http.Request) (exchange.Caller, error) {
		c, err := find(r)
		c.Identity = exchange.Identity{Subject: "alice", Expires: time.Now().Add(after)}
		return c, err
	}
}

// Serve runs a handler behind Echo and the gateway's error handler, on a real listener. The
// server ends with the test.
func (h *Host) Serve(t testing.TB, method, route string, handler echo.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(h.router(method, route, handler))
	t.Cleanup(server.Close)
	return server
}

// ServeHTTP2 is Serve with TLS and HTTP/2, which the server's Client speaks.
func (h *Host) ServeHTTP2(t testing.TB, method, route string, handler echo.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(h.router(method, route, handler))
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

func (h *Host) router(method, route string, handler echo.HandlerFunc) *echo.Echo {
	e := echo.New()
	e.HTTPErrorHandler = web.ErrorHandler(h.Log)
	e.Add(method, route, handler)
	return e
}

// Counters count what an entrypoint reports.
type Counters struct {
	PublishedRecords, PublishedBytes atomic.Int64
	DeliveredRecords, DeliveredBytes atomic.Int64
	Open, Places                     atomic.Int64
}

// Published implements entrypoints.Metrics.
func (c *Counters) Published(_ *entrypoints.Operation, _ endpoint.Kind, records, bytes int) {
	c.PublishedRecords.Add(int64(records))
	c.PublishedBytes.Add(int64(bytes))
}

// Delivered implements entrypoints.Metrics.
func (c *Counters) Delivered(_ *entrypoints.Operation, _ endpoint.Kind, records, bytes int) {
	c.DeliveredRecords.Add(int64(records))
	c.DeliveredBytes.Add(int64(bytes))
}

// StreamOpened implements entrypoints.Metrics.
func (c *Counters) StreamOpened(*entrypoints.Operation, endpoint.Kind) { c.Open.Add(1) }

// StreamClosed implements entrypoints.Metrics.
func (c *Counters) StreamClosed(*entrypoints.Operation, endpoint.Kind) { c.Open.Add(-1) }

// Log collects what is logged. Safe for concurrent use.
type Log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// String is everything that was logged.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// Record makes a record of topic "orders", partition 0, whose time is the offset in seconds
// after 2026-01-31T12:00:00Z.
func Record(offset int64, value string) *core.Record {
	return &core.Record{Topic: "orders", Offset: offset, Value: []byte(value), Timestamp: Time(offset)}
}

// Time is the time of a record or receipt.
func Time(offset int64) time.Time {
	return time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC).Add(time.Duration(offset) * time.Second)
}

// Eventually waits until a condition holds.
func Eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}
