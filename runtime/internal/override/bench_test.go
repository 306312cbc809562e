package override

import (
	"strconv"
	"testing"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// BenchmarkEvaluate evaluates an object that never changes, one whose outcome is known, and one
// whose outcome is new each time.
func BenchmarkEvaluate(b *testing.B) {
	shared := `"producer":{"enabled":true,"topics":["orders"]},"consumer":{"enabled":true,"topics":["orders"]}`
	x := request(b, "x: eu")
	run := func(b *testing.B, o operation, each func(i int)) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			each(i)
			o.attributes.Request(x)
			if _, err := o.Evaluate(x); err != nil {
				b.Fatal(err)
			}
		}
	}
	allow := map[string][]string{"producer.topics": {"*"}}
	inPlace := given{object: object(`"producer":{"topics":["{#request.headers['X'][0]}-orders"]}`), allow: allow}
	byAttribute := given{object: object(shared), allow: allow, attributes: []endpoint.Attribute{
		set(prefix+"producer.topics", "{#request.headers['X'][0]}-orders"),
	}}
	b.Run("static", func(b *testing.B) { run(b, compile(b, given{object: object(shared)}), func(int) {}) })
	b.Run("known, in place", func(b *testing.B) { run(b, compile(b, inPlace), func(int) {}) })
	b.Run("new, in place", func(b *testing.B) {
		run(b, compile(b, inPlace), func(i int) { x.Request.Header["X"] = []string{strconv.Itoa(i)} })
	})
	b.Run("known, by attribute", func(b *testing.B) { run(b, compile(b, byAttribute), func(int) {}) })
}

func BenchmarkProducerTopics(b *testing.B) {
	o := compile(b, given{object: object(``), attributes: []endpoint.Attribute{
		perMessage("gravitee.attribute.kafka.producer.topics", "{#request.headers['X'][0]}-orders"),
	}, allow: map[string][]string{"producer.topics": {"*"}}})
	x, e := request(b, "x: eu"), o.must(b)
	rec := &core.Record{}
	b.ReportAllocs()
	for b.Loop() {
		o.attributes.Message(x, rec)
		if _, chosen, err := o.ProducerTopics(x, rec, e); !chosen || err != nil {
			b.Fatal(chosen, err)
		}
	}
}
