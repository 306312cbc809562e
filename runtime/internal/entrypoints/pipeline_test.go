package entrypoints

import (
	"errors"
	"testing"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

func TestPipelineGivesInOrder(t *testing.T) {
	p := NewPipeline(1 << 20)
	items := []*Item{{}, {}, {}}
	for _, i := range items {
		if !p.Add(i, 1) {
			t.Fatal("not added")
		}
	}
	items[2].Done()
	items[1].Done()
	if i, over := p.Take(); i != nil || over {
		t.Fatalf("took %v, %v before the first was done", i, over)
	}
	select {
	case <-p.Ready():
		t.Fatal("ready before the first was done")
	default:
	}
	items[0].Done()
	<-p.Ready()
	for _, want := range items {
		if got, over := p.Take(); got != want || over {
			t.Errorf("took %v, %v", got, over)
		}
	}
	if i, over := p.Take(); i != nil || over {
		t.Errorf("took %v, %v from an empty line", i, over)
	}
	p.Close()
	<-p.Ready()
	if _, over := p.Take(); !over {
		t.Error("not over")
	}
	if p.Add(&Item{}, 1) {
		t.Error("added after the end")
	}
}

// TestPipelineWaitsForRoom: room is what was taken and freed, not what is done.
func TestPipelineWaitsForRoom(t *testing.T) {
	p := NewPipeline(100) // less than one message costs: one fits all the same
	first := &Item{}
	p.Add(first, 1000)
	added := make(chan bool, 2)
	go func() { added <- p.Add(&Item{}, 1) }()
	first.Done()
	if _, over := p.Take(); over {
		t.Fatal("over")
	}
	select {
	case <-added:
		t.Fatal("added before the room was free")
	default:
	}
	p.Free(first.Size())
	if !<-added {
		t.Error("not added")
	}
	go func() { added <- p.Add(&Item{}, 1) }()
	p.Close()
	if <-added {
		t.Error("added after the end")
	}
}

// held is a sink that lets the test answer.
type held struct{ done []func(core.Receipt, error) }

func (h *held) Send(_ *core.Record, done func(core.Receipt, error)) { h.done = append(h.done, done) }

type told int

func (t *told) Done() { *t++ }

func TestDelivery(t *testing.T) {
	refused := core.NewError(core.CodeBackPressure, "")
	unknown := core.NewError(core.CodeOutcomeUnknown, "")
	for _, c := range []struct {
		name    string
		answers []error
		want    core.Code
	}{
		{"one lands", []error{nil}, ""},
		{"one fails", []error{refused}, core.CodeBackPressure},
		{"two land", []error{nil, nil}, ""},
		{"one of two lands", []error{refused, nil}, core.CodePartial},
		{"one lands, one is unknown", []error{nil, unknown}, core.CodePartial},
		{"none lands", []error{refused, refused}, core.CodeBackPressure},
		{"none lands, the first may have", []error{unknown, refused}, core.CodeOutcomeUnknown},
		{"none lands, the last may have", []error{refused, unknown}, core.CodeOutcomeUnknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			var (
				d     Delivery
				sink  held
				owner told
			)
			for range 2 { // a delivery may be used again
				owner, sink.done = 0, nil
				topics := []string{"a", "b"}[:len(c.answers)]
				d.Send(&sink, &core.Record{}, topics, &owner)
				for i, err := range c.answers {
					if owner != 0 {
						t.Fatal("ready too early")
					}
					sink.done[i](core.Receipt{Topic: topics[i]}, err)
				}
				if owner != 1 {
					t.Errorf("the owner was told %d times", owner)
				}
				if got := core.CodeOf(d.Err()); got != c.want {
					t.Errorf("got %q, want %q", got, c.want)
				}
				for i, r := range d.Results() {
					if r.Topic != topics[i] || !errors.Is(r.Err, c.answers[i]) {
						t.Errorf("result %+v", r)
					}
				}
			}
		})
	}
}
