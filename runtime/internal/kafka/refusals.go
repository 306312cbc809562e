package kafka

import (
	"container/list"
	"time"

	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
)

// mostRefusals bounds the refused logins that are remembered without a client. Beyond it the
// oldest is forgotten early.
const mostRefusals = 1000

// refusals remember the logins that were refused to stations that are closed, by the target's
// key, for as long as the station would have. The zero value is empty.
type refusals struct {
	byKey map[string]*list.Element
	order list.List // of refusal, as they came
}

type refusal struct {
	key   string
	err   error
	until time.Time
}

// of gives the refusal of a key.
func (r *refusals) of(key string, now time.Time) error {
	r.forget(now)
	e := r.byKey[key]
	if e == nil {
		return nil
	}
	if known := refusalOf(e); now.Before(known.until) {
		return known.err
	}
	return nil
}

// note takes over what a cluster that is about to close remembers.
func (r *refusals) note(key string, c *cluster.Cluster) {
	if until, err := c.RefusedLogin(); err != nil {
		r.forget(time.Now())
		r.add(refusal{key, err, until})
	}
}

func (r *refusals) add(known refusal) {
	if e := r.byKey[known.key]; e != nil {
		r.drop(e)
	}
	if r.order.Len() >= mostRefusals {
		r.drop(r.order.Front())
	}
	if r.byKey == nil {
		r.byKey = make(map[string]*list.Element)
	}
	r.byKey[known.key] = r.order.PushBack(known)
}

// forget drops the oldest ones that are over.
func (r *refusals) forget(now time.Time) {
	for e := r.order.Front(); e != nil && !now.Before(refusalOf(e).until); e = r.order.Front() {
		r.drop(e)
	}
}

func (r *refusals) drop(e *list.Element) {
	delete(r.byKey, refusalOf(e).key)
	r.order.Remove(e)
}

func refusalOf(e *list.Element) refusal {
	return e.Value.(refusal) //nolint:forcetypeassert // the list holds nothing else
}
