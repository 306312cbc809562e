package get

import (
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints/entrypointstest"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// BenchmarkItem encodes one record of 256 bytes in each format.
func BenchmarkItem(b *testing.B) {
	rec := entrypointstest.Record(41, `{"text":"`+strings.Repeat("x", 245)+`"}`)
	rec.Key, rec.Headers = []byte("key"), []core.Header{{Name: "a", Value: []byte("1")}, {Name: "b", Value: []byte("2")}}
	batch := qos.NewBatch([]*core.Record{rec}, entrypointstest.IDs{rec})
	op := entrypointstest.Subscriber(nil)
	for name, cfg := range map[string]config{"bare": {}, "full": {HeadersInPayload: true, MetadataInPayload: true}} {
		for mediaType, f := range newFormats(op, cfg) {
			b.Run(name+"/"+mediaType, func(b *testing.B) {
				var dst []byte
				b.ReportAllocs()
				for b.Loop() {
					dst = f.item(dst[:0], batch, 0, 1, true)
				}
			})
		}
	}
}
