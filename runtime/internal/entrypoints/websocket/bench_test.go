package websocket

import (
	"net"
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints/entrypointstest"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// BenchmarkFrame encodes one record of 256 bytes with each protocol.
func BenchmarkFrame(b *testing.B) {
	rec := entrypointstest.Record(41, `{"text":"`+strings.Repeat("x", 245)+`"}`)
	rec.Key, rec.Headers = []byte("key"), []core.Header{{Name: "a", Value: []byte("1")}}
	batch := qos.NewBatch([]*core.Record{rec}, entrypointstest.IDs{rec})
	h := &handler{op: entrypointstest.Subscriber(nil), level: endpoint.None}
	for name, p := range map[string]protocol{"plain": newPlain(h), "v1": newV1(h, true)} {
		b.Run(name, func(b *testing.B) {
			var dst []byte
			b.ReportAllocs()
			for b.Loop() {
				dst = p.AppendFrame(dst[:0], batch, 0)
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	data := []byte(`{"type":"publish","ref":"1","content":{"text":"` + strings.Repeat("x", 245) + `"},"key":"k"}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, wrong := parseFrame(data); wrong != "" {
			b.Fatal(wrong)
		}
	}
}

// sunk is a connection that takes everything.
type sunk struct{ net.Conn }

func (sunk) Write(p []byte) (int, error)      { return len(p), nil }
func (sunk) SetWriteDeadline(time.Time) error { return nil }

// BenchmarkCorked is a batch of ten frames.
func BenchmarkCorked(b *testing.B) {
	c := &stallConn{Conn: sunk{}, stall: time.Second}
	frame := make([]byte, 256)
	b.ReportAllocs()
	for b.Loop() {
		c.cork()
		for range 10 {
			if _, err := c.Write(frame); err != nil {
				b.Fatal(err)
			}
		}
		if err := c.uncork(); err != nil {
			b.Fatal(err)
		}
	}
}
