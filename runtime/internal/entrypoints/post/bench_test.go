package post

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints/entrypointstest"
)

// landing is a sink that costs nothing.
type landing struct{ at time.Time }

func (l landing) Send(rec *core.Record, done func(core.Receipt, error)) {
	done(core.Receipt{Topic: rec.Topic, Offset: 41, Timestamp: l.at}, nil)
}

// silent is a ResponseWriter that costs nothing.
type silent struct{ header http.Header }

func (s *silent) Header() http.Header            { return s.header }
func (s *silent) Write(p []byte) (int, error)    { return len(p), nil }
func (*silent) WriteHeader(int)                  {}
func (*silent) Flush()                           {}
func (*silent) SetReadDeadline(time.Time) error  { return nil }
func (*silent) SetWriteDeadline(time.Time) error { return nil }
func (*silent) EnableFullDuplex() error          { return nil }

// body is a request body that can be read again.
type body struct{ bytes.Reader }

func (*body) Close() error { return nil }

var _ io.ReadCloser = (*body)(nil)

func benchHandler(b *testing.B) (echo.HandlerFunc, echo.Context, *silent) {
	b.Helper()
	host := entrypointstest.NewHost()
	host.Limits.NDJSONLine, host.Limits.BytesPerStream = 1<<20, 256<<10
	op := entrypointstest.Publisher(landing{time.Now()})
	op.Publish.Payload.ContentTypes = []string{"application/json"}
	handler, err := New(&host.Host, op, endpoint.Entrypoint{Kind: endpoint.HTTPPost})
	if err != nil {
		b.Fatal(err)
	}
	w := &silent{header: http.Header{}}
	r := httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/orders", nil)
	return handler, echo.New().NewContext(r, w), w
}

// BenchmarkPost is one message of 256 bytes, without net/http and Kafka.
func BenchmarkPost(b *testing.B) {
	handler, c, w := benchHandler(b)
	payload := []byte(`{"text":"` + strings.Repeat("x", 245) + `"}`)
	var in body
	r := c.Request()
	r.Header.Set("Content-Type", "application/json")
	r.Body, r.ContentLength = &in, int64(len(payload))
	b.ReportAllocs()
	for b.Loop() {
		in.Reset(payload)
		clear(w.header)
		c.Response().Committed = false
		if err := handler(c); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLines is a body of 1,000 lines of 256 bytes; divide by 1,000.
func BenchmarkLines(b *testing.B) {
	handler, c, w := benchHandler(b)
	payload := []byte(strings.Repeat(`{"text":"`+strings.Repeat("x", 245)+`"}`+"\n", 1000))
	var in body
	r := c.Request()
	r.Header.Set("Content-Type", ndjson)
	r.Body, r.ContentLength = &in, int64(len(payload))
	b.ReportAllocs()
	b.SetBytes(int64(len(payload)))
	for b.Loop() {
		in.Reset(payload)
		clear(w.header)
		c.Response().Committed = false
		if err := handler(c); err != nil {
			b.Fatal(err)
		}
	}
}
