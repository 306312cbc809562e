package kafkatest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

func (s *suite) sink(t *testing.T, level endpoint.QoS, compression string) qos.Sink {
	t.Helper()
	c, _, err := s.kafka.Hold(s.target, false)
	if err != nil {
		t.Fatal(err)
	}
	sink, err := c.Sink(level, compression)
	if err != nil {
		t.Fatal(err)
	}
	return sink
}

type outcome struct {
	receipt core.Receipt
	err     error
}

// publish sends one record and waits for what becomes of it.
func publish(t *testing.T, sink qos.Sink, rec *core.Record) (core.Receipt, error) {
	t.Helper()
	ch := make(chan outcome, 1)
	sink.Send(rec, func(r core.Receipt, err error) { ch <- outcome{r, err} })
	select {
	case o := <-ch:
		return o.receipt, o.err
	case <-time.After(patience):
		t.Fatal("no outcome")
		return core.Receipt{}, nil
	}
}

func receipts(t *testing.T, s *suite) {
	topic := s.topic(t, 1)
	sink := s.sink(t, endpoint.Balanced, "none")
	for i := range int64(3) {
		r, err := publish(t, sink, &core.Record{Topic: topic, Value: []byte("v")})
		if err != nil {
			t.Fatal(err)
		}
		if r.Topic != topic || r.Partition != 0 || r.Offset != i {
			t.Errorf("receipt: got %+v, want %s 0 %d", r, topic, i)
		}
		if age := time.Since(r.Timestamp); age < -time.Minute || age > time.Minute {
			t.Errorf("receipt is %s old", age)
		}
	}
}

func levelNone(t *testing.T, s *suite) {
	topic := s.topic(t, 1)
	r, err := publish(t, s.sink(t, endpoint.None, "none"), &core.Record{Topic: topic, Value: []byte("v")})
	if err != nil || r != (core.Receipt{}) {
		t.Errorf("got %+v, %v, want a zero receipt", r, err)
	}
	p := s.tap(t, readers()[0].reading(topic))
	if got := texts(p.next(1)); got[0] != "v" {
		t.Errorf("read %v", got)
	}
	p.close()
}

func refusals(t *testing.T, s *suite) {
	sink := s.sink(t, endpoint.Balanced, "none")
	_, err := publish(t, sink, &core.Record{Topic: s.topic(t, 1), Value: []byte(strings.Repeat("x", 2<<20))})
	wantCode(t, err, core.CodeTooLarge)
	_, err = publish(t, sink, &core.Record{Topic: name("absent")})
	wantCode(t, err, core.CodeTopicNotFound) // its deadline would give another code
}

func publishAgain(t *testing.T, s *suite) {
	topic := s.topic(t, 1)
	sink := s.sink(t, endpoint.Balanced, "none")
	for range 3 {
		if _, err := publish(t, sink, &core.Record{Topic: topic}); err != nil {
			t.Fatal(err)
		}
	}
	s.remove(t, topic)
	s.create(t, topic, 1, nil)
	var failures []error
	eventually(t, "a record in the new topic", func() bool {
		r, err := publish(t, sink, &core.Record{Topic: topic})
		if err != nil {
			failures = append(failures, err)
			return false
		}
		if r.Offset != 0 {
			t.Errorf("first offset in the new topic: got %d, want 0; failures: %v", r.Offset, failures)
		}
		return true
	})
}

func roundTrip(t *testing.T, s *suite) {
	topic := s.topic(t, 1)
	sink := s.sink(t, endpoint.Balanced, "none")
	sent := []*core.Record{
		{Key: []byte("k"), Value: []byte("v"), Headers: []core.Header{{Name: "a", Value: []byte("1")}, {Name: "a", Value: []byte{}}}},
		{Key: []byte("k"), Value: nil}, // a tombstone
		{Key: nil, Value: []byte{}},    // an empty payload
	}
	for _, rec := range sent {
		rec.Topic = topic
		if _, err := publish(t, sink, rec); err != nil {
			t.Fatal(err)
		}
	}
	each(t, func(t *testing.T, r reader) {
		p := s.tap(t, r.reading(topic))
		for i, got := range p.next(len(sent)) {
			want := sent[i]
			if got.Topic != topic || got.Offset != int64(i) || time.Since(got.Timestamp) > time.Hour {
				t.Errorf("record %d: got %s %d %s", i, got.Topic, got.Offset, got.Timestamp)
			}
			if (got.Value == nil) != (want.Value == nil) || string(got.Value) != string(want.Value) {
				t.Errorf("record %d: value %#v, want %#v", i, got.Value, want.Value)
			}
			if (got.Key == nil) != (want.Key == nil) || string(got.Key) != string(want.Key) {
				t.Errorf("record %d: key %#v, want %#v", i, got.Key, want.Key)
			}
			if fmt.Sprint(got.Headers) != fmt.Sprint(want.Headers) {
				t.Errorf("record %d: headers %v, want %v", i, got.Headers, want.Headers)
			}
		}
		p.close()
	})
}

func codecs(t *testing.T, s *suite) {
	topic := s.topic(t, 1)
	var want []string
	for _, codec := range []string{"none", "gzip", "snappy", "lz4", "zstd"} {
		value := strings.Repeat(codec, 200)
		want = append(want, value)
		if _, err := publish(t, s.sink(t, endpoint.Balanced, codec), &core.Record{Topic: topic, Value: []byte(value)}); err != nil {
			t.Fatalf("%s: %v", codec, err)
		}
	}
	each(t, func(t *testing.T, r reader) {
		p := s.tap(t, r.reading(topic))
		if got := texts(p.next(len(want))); !slices.Equal(got, want) {
			t.Errorf("values changed on their way: %.40q", got)
		}
		p.close()
	})
}
