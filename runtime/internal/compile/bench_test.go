package compile

import (
	"log/slog"
	"testing"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// BenchmarkPrepare is what an operation adds to each message before it is written. A static one costs
// one allocation.
func BenchmarkPrepare(b *testing.B) {
	for name, change := range map[string]func(*endpoint.Descriptor){
		"static": func(*endpoint.Descriptor) {},
		"topic":  func(d *endpoint.Descriptor) { assign(d, producerTopics, "{#request.headers['X-Topic'][0]}") },
		"override": func(d *endpoint.Descriptor) {
			assign(d, configured+"producer.compressionType", "{#request.headers['X-Codec'][0]}")
		},
		"balanced": func(d *endpoint.Descriptor) { d.Endpoints = several("", "a", "b", "c").Endpoints },
	} {
		b.Run(name, func(b *testing.B) { benchmarkPrepare(b, change) })
	}
}

// benchmarkPrepare is one message, from its request to the writer of Kafka.
func benchmarkPrepare(b *testing.B, change func(*endpoint.Descriptor)) {
	d := descriptor()
	d.Topic = endpoint.Topic{Template: "orders"}
	change(&d)
	out, err := Operation(Input{Descriptor: d, Clients: &clients{}, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	x := request()
	x.Request.Header.Set("X-Topic", "eu-a")
	x.Request.Header.Set("X-Codec", "gzip")
	rec := &core.Record{Value: []byte("{}")}
	b.ReportAllocs()
	for b.Loop() {
		x.Choice = nil
		pub, err := out.Operation.Publish.Prepare(x, endpoint.Balanced)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := out.Operation.Publish.Ready(pub, x, rec, nil); err != nil {
			b.Fatal(err)
		}
		if _, err := pub.Sink(); err != nil {
			b.Fatal(err)
		}
		pub.Release()
	}
}
