package qos

import (
	"encoding/base64"
	"strconv"
	"sync"
	"testing"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// offsets are the ids of records of one partition.
type offsets []*core.Record

func (o offsets) AppendID(dst []byte, i int) []byte {
	return strconv.AppendInt(append(dst, "orders@0#"...), o[i].Offset, 10)
}

// idFrames writes ids only, and counts how often it is asked.
type idFrames struct{ calls int }

func (e *idFrames) AppendFrame(dst []byte, b *Batch, i int) []byte {
	e.calls++
	return append(b.AppendID(dst, i, false), ' ')
}

func TestPrefixed(t *testing.T) {
	records := []*core.Record{{Offset: 4}, {Offset: 7}}
	b := NewBatch(records, offsets(records))
	eu := b.Prefixed("eu!")
	if got := string(eu.AppendID(nil, 1, false)); got != "eu!orders@0#7" {
		t.Errorf("plain id: got %q", got)
	}
	if got, want := string(eu.AppendID(nil, 1, true)), base64.StdEncoding.EncodeToString([]byte("eu!orders@0#7")); got != want {
		t.Errorf("encoded id: got %q, want %q", got, want)
	}
	if eu.Len() != 2 || eu.Record(0) != records[0] || !eu.HasIDs() {
		t.Errorf("the view is %+v", eu)
	}
	if eu.Origin() != b || b.Origin() != b {
		t.Error("the origin is another batch")
	}
	if b.Prefixed("") != b {
		t.Error("a view without a prefix is another batch")
	}
	if without := NewBatch(records, nil); without.Prefixed("eu!") != without {
		t.Error("a batch without ids has a view")
	}
}

func TestViewsShareFrames(t *testing.T) {
	records := []*core.Record{{Offset: 4}}
	b := NewBatch(records, offsets(records))
	encoder := &idFrames{}
	var streams sync.WaitGroup
	for range 8 {
		streams.Go(func() {
			for prefix, want := range map[string]string{"": "orders@0#4 ", "eu!": "eu!orders@0#4 ", "us!": "us!orders@0#4 "} {
				if got := string(b.Prefixed(prefix).Frames(encoder).Bytes); got != want {
					t.Errorf("prefix %q: got %q, want %q", prefix, got, want)
				}
			}
		})
	}
	streams.Wait()
	if encoder.calls != 3 {
		t.Errorf("the record was encoded %d times, want once for each view and once without", encoder.calls)
	}
}
