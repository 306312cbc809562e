package kafka

import (
	"container/list"
	"context"
	"fmt"
	"time"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// admit decides whether a dynamic station may be made for a key: no login with its credentials
// was refused a moment ago, and there is room, or it can be made. It is called under pool.mu.
func (p *pool) admit(key string) error {
	if err := p.refusals.of(key, time.Now()); err != nil {
		return err
	}
	if len(p.closing) < p.most && (p.dynamic < p.most || p.makeRoom()) {
		return nil
	}
	p.refused.Add(1)
	return &core.Error{
		Code: core.CodeTooManyClients, Op: "connect", RetryAfter: int(spareAfter / time.Second),
		Err: fmt.Errorf("more than %d dynamic clients", p.most),
	}
}

// makeRoom evicts an idle station that is of no more use, else the one that is idle for longest.
func (p *pool) makeRoom() bool {
	for e := p.idling.Front(); e != nil; e = e.Next() {
		if at := placeOf(e); at.dynamic && at.station.spent() {
			p.evict(at)
			return true
		}
	}
	for e := p.idling.Front(); e != nil; e = e.Next() {
		if at := placeOf(e); at.dynamic {
			idled := time.Since(at.since) >= p.spare
			if idled {
				p.evict(at)
			}
			return idled
		}
	}
	return false
}

// sweep evicts what idled for long enough, or is of no more use.
func (p *pool) sweep() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	for e := p.idling.Front(); e != nil; {
		at := placeOf(e)
		e = e.Next()
		if time.Since(at.since) >= p.idle || at.dynamic && at.station.spent() {
			p.evict(at)
		}
	}
	if p.idling.Len() > 0 {
		p.sweeper.Reset(p.sweeps)
	}
}

// evict takes a station without holders out of the pool and closes it in the background.
// What is remembered of its login stays. It is called under pool.mu.
func (p *pool) evict(at *place) {
	delete(p.places, at.key)
	if at.idle != nil {
		p.idling.Remove(at.idle)
		at.idle = nil
	}
	p.refusals.note(at.key, at.station.cluster)
	if at.dynamic {
		p.dynamic--
	}
	p.closing[at.station] = struct{}{}
	p.running.Go(func() {
		ctx, cancel := context.WithTimeout(p.stop, p.grace)
		defer cancel()
		if err := at.station.cluster.Close(ctx); err != nil {
			at.station.log.Warn("closing an idle client", "error", err)
		}
		lost := at.station.lostRecords()
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.closing, at.station)
		p.lost[at.station.cluster.Target.Name] += lost
	})
}

func placeOf(e *list.Element) *place {
	return e.Value.(*place) //nolint:forcetypeassert // the list holds nothing else
}
