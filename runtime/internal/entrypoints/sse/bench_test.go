package sse

import (
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints/entrypointstest"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// BenchmarkFrame encodes one record of 256 bytes.
func BenchmarkFrame(b *testing.B) {
	rec := entrypointstest.Record(41, `{"text":"`+strings.Repeat("x", 245)+`"}`)
	rec.Headers = []core.Header{{Name: "a", Value: []byte("1")}, {Name: "b", Value: []byte("2")}}
	batch := qos.NewBatch([]*core.Record{rec}, entrypointstest.IDs{rec})
	op := entrypointstest.Subscriber(nil)
	for name, cfg := range map[string]config{"bare": {}, "full": {HeadersAsComment: true, MetadataAsComment: true}} {
		b.Run(name, func(b *testing.B) {
			e := newEncoder(op.Subscribe, cfg, true)
			var dst []byte
			b.ReportAllocs()
			for b.Loop() {
				dst = e.AppendFrame(dst[:0], batch, 0)
			}
		})
	}
}

// BenchmarkShared is what a batch of 10 records costs each client after the first.
func BenchmarkShared(b *testing.B) {
	records := make([]*core.Record, 10)
	for i := range records {
		records[i] = entrypointstest.Record(int64(i), `{"n":1}`)
	}
	batch := qos.NewBatch(records, entrypointstest.IDs(records))
	e := newEncoder(entrypointstest.Subscriber(nil).Subscribe, config{}, true)
	b.ReportAllocs()
	for b.Loop() {
		if f := batch.Frames(e); f.Count != 10 {
			b.Fatal(f.Count)
		}
	}
}
