package kafkatest

import (
	"context"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// reader is one way to read: the contract holds for each.
type reader struct {
	name  string
	kind  endpoint.Kind
	level endpoint.QoS
}

// readers are the three readers behind qos.Source, at every level that reads differently.
func readers() []reader {
	return []reader{
		{"none", endpoint.SSE, endpoint.None},
		{"member", endpoint.SSE, endpoint.Balanced},
		{"pull", endpoint.HTTPGet, endpoint.Balanced},
		{"member-at-least-once", endpoint.WebSocket, endpoint.AtLeastOnce},
		{"member-at-most-once", endpoint.SSE, endpoint.AtMostOnce},
		{"pull-at-least-once", endpoint.HTTPGet, endpoint.AtLeastOnce},
	}
}

// acks reports whether records are acknowledged one by one.
func (r reader) acks() bool { return r.kind == endpoint.WebSocket && r.level == endpoint.AtLeastOnce }

// reading reads from the beginning, in a group of its own.
func (r reader) reading(topics ...string) qos.Reading {
	return qos.Reading{
		Kind: r.kind, Level: r.level, Topics: topics, Reset: qos.Earliest,
		Group: name("contract." + r.name), Wait: patience,
	}
}

// each runs a test with every reader.
func each(t *testing.T, run func(t *testing.T, r reader)) {
	t.Helper()
	for _, r := range readers() {
		t.Run(r.name, func(t *testing.T) { run(t, r) })
	}
}

// tap is an open stream in a test.
type tap struct {
	t      *testing.T
	stream qos.Stream
	acks   bool     // records are acknowledged one by one, the last one first
	ids    []string // of all records, plain text
	err    error
}

func (s *suite) tap(t *testing.T, r qos.Reading) *tap {
	t.Helper()
	stream, err := s.source.Open(t.Context(), r)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	return &tap{t: t, stream: stream, acks: reader{kind: r.Kind, level: r.Level}.acks()}
}

// next reads and settles n records.
func (p *tap) next(n int) []*core.Record {
	p.t.Helper()
	records := p.read(n, patience)
	if len(records) < n {
		p.t.Fatalf("got %d records within %s, want %d: %v (%v)", len(records), patience, n, texts(records), p.err)
	}
	return records
}

// none checks that nothing comes for a while.
func (p *tap) none() {
	p.t.Helper()
	if got := p.read(1, 300*time.Millisecond); len(got) > 0 {
		p.t.Errorf("got %v, want nothing", texts(got))
	}
}

func (p *tap) read(n int, wait time.Duration) []*core.Record {
	p.t.Helper()
	timeout := time.After(wait)
	var records []*core.Record
	for len(records) < n {
		b, ready, err := p.stream.Poll(n - len(records))
		if err != nil {
			p.err = err
			return records
		}
		if b == nil {
			select {
			case <-ready:
				continue
			case <-timeout:
				return records
			}
		}
		for i := range b.Len() {
			records = append(records, b.Record(i))
			p.ids = append(p.ids, string(b.AppendID(nil, i, false)))
		}
		p.settle(b)
	}
	return records
}

func (p *tap) settle(b *qos.Batch) {
	p.t.Helper()
	if !p.acks {
		p.stream.Settle(b, b.Len())
		return
	}
	for i := range b.Len() {
		if !p.stream.Ack(b, b.Len()-1-i) {
			p.t.Errorf("ack of %s was lost", b.Record(b.Len()-1-i).Value)
		}
	}
}

func (p *tap) close() {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := p.stream.Close(ctx); err != nil {
		p.t.Errorf("close: %v", err)
	}
}

// texts are the values of records.
func texts(records []*core.Record) []string {
	list := make([]string, len(records))
	for i, r := range records {
		list[i] = string(r.Value)
	}
	return list
}

// wantCode checks the code of an error.
func wantCode(t *testing.T, err error, want core.Code) {
	t.Helper()
	if got := core.CodeOf(err); got != want {
		t.Errorf("got %q (%v), want %q", got, err, want)
	}
}
