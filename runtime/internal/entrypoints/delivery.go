package entrypoints

import (
	"sync/atomic"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// Delivery is one message on its way to each topic of its operation. It must not be copied, and
// not be used again before it is ready.
type Delivery struct {
	one   [1]core.Result // the usual case, without an allocation
	many  []core.Result
	left  atomic.Int32
	owner Owner
	first func(core.Receipt, error) // answered(0), kept for deliveries that are used again
}

// Owner is told when a delivery is ready, on any goroutine.
type Owner interface{ Done() }

// Send sends a record to the topics. When each of them has answered the owner is told, once,
// perhaps before Send returns. The record and its bytes belong to the sink from now on.
func (d *Delivery) Send(sink qos.Sink, rec *core.Record, topics []string, owner Owner) {
	d.owner = owner
	d.many = nil
	if d.first == nil {
		d.first = func(r core.Receipt, err error) { d.answered(0, r, err) }
	}
	d.left.Store(int32(len(topics)))
	if len(topics) == 1 {
		rec.Topic = topics[0]
		d.one[0] = core.Result{Topic: topics[0]}
		sink.Send(rec, d.first)
		return
	}
	d.many = make([]core.Result, len(topics))
	for i, topic := range topics {
		d.many[i].Topic = topic
	}
	for i, topic := range topics {
		each := *rec
		each.Topic = topic
		sink.Send(&each, func(r core.Receipt, err error) { d.answered(i, r, err) })
	}
}

func (d *Delivery) answered(i int, r core.Receipt, err error) {
	result := &d.Results()[i]
	result.Receipt, result.Err = r, err
	if d.left.Add(-1) == 0 {
		d.owner.Done()
	}
}

// Results are the results of a delivery that is ready, in the order of the topics.
func (d *Delivery) Results() []core.Result {
	if d.many != nil {
		return d.many
	}
	return d.one[:]
}

// Err is what a delivery that is ready failed with; nil when each topic has the message.
//
// When some have it, the error is CodePartial with the results. When none has it for certain
// and one may, it is that one's: CodeOutcomeUnknown must not hide behind a certain refusal.
func (d *Delivery) Err() error {
	results := d.Results()
	var failed error
	landed := 0
	for i := range results {
		switch err := results[i].Err; {
		case err == nil:
			landed++
		case failed == nil, core.CodeOf(err) == core.CodeOutcomeUnknown:
			failed = err
		}
	}
	if failed == nil || landed == 0 {
		return failed
	}
	return &core.Error{Code: core.CodePartial, Op: "produce", Results: results, Err: failed}
}
