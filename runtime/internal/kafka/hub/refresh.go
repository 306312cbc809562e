package hub

import (
	"context"
	"slices"
	"time"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
)

// refresh looks at the topics every now and then: for new ones, for more partitions, and for
// Kafka itself. It ends the session when nobody has read anything for a while.
func (h *Hub) refresh(ctx context.Context, s *session) {
	ticker := time.NewTicker(h.cfg.TopicRefresh)
	defer ticker.Stop()
	alive, away := time.Now(), false
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-s.kick:
		}
		err := h.look(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			alive = time.Now()
			if away {
				away = false
				h.disturb(nil)
			}
		case time.Since(alive) >= h.cfg.Unreachable:
			away = true
			h.disturb(&core.Error{Code: core.CodeBrokerUnavailable, Op: "read", RetryAfter: 1, Err: err})
		}
		if h.reap() && h.end(s) {
			return
		}
	}
}

// end takes the session out of service, unless a feed was made meanwhile.
func (h *Hub) end(s *session) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.feeds) > 0 {
		return false
	}
	if h.session == s {
		h.session = nil
	}
	return true
}

// look asks Kafka about all topics once.
func (h *Hub) look(ctx context.Context) error {
	names, lost, patterns := h.names()
	if len(names) == 0 && !patterns {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, h.cfg.RequestTimeout)
	defer cancel()
	if patterns {
		if err := h.lookAtAll(ctx, names); err != nil {
			return err
		}
	}
	if patterns && len(lost) == 0 {
		return nil
	}
	number, asked := h.catalog.NextNumber(), time.Now()
	ask := h.cluster.Topics
	if len(lost) > 0 {
		ask = h.cluster.Offsets
	}
	found, err := ask(ctx, names...)
	if err != nil {
		return cluster.Classify("list topics", err)
	}
	l := newListing(number, asked, names, found)
	h.observe(l)
	for _, name := range lost {
		h.gap(name, l.spans())
	}
	return nil
}

// lookAtAll lists all topics, for patterns, which says enough about the others too.
func (h *Hub) lookAtAll(ctx context.Context, names []string) error {
	all, err := h.catalog.List(ctx, 0)
	if err != nil {
		return cluster.Classify("list topics", err)
	}
	l := newListing(all.Number, all.Asked, names, all.Topics)
	l.all = all
	h.observe(l)
	return nil
}

// names lists the topics of all feeds, those whose position is lost, and whether there are patterns.
func (h *Hub) names() (names, lost []string, patterns bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, f := range h.feeds {
		patterns = patterns || f.match != nil
	}
	for name, t := range h.topics {
		names = append(names, name)
		if t.lost {
			lost = append(lost, name)
		}
	}
	slices.Sort(names)
	return names, lost, patterns
}

func (h *Hub) disturb(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, f := range h.feeds {
		f.disturb(err)
	}
}
