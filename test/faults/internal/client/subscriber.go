package client

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/url"
	"sync"
	"time"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/test/faults/internal/ledger"
	"github.com/penstock-dev/penstock/test/faults/internal/rig"
)

// Subscriber reads until its context ends, over as many connections as it takes.
type Subscriber struct {
	Ledger  *ledger.Ledger
	Reader  *ledger.Reader
	Address string // host:port
	Name    string // of this client; the group is named after the reader
	Once    bool   // it ends with its first connection
	Rand    *rand.Rand

	cursor string // the last id

	mu      sync.Mutex
	waiting []delivery // not acknowledged
}

// delivery is a record that waits for its acknowledgement, or to be nacked.
type delivery struct {
	session, frameID, id string
	nack                 bool
}

// Run subscribes by the reader's entrypoint.
func (s *Subscriber) Run(ctx context.Context) {
	connection := map[endpoint.Kind]func(context.Context, string) error{
		endpoint.SSE: s.events, endpoint.WebSocket: s.frames, endpoint.HTTPGet: s.pages,
	}[s.Reader.Via().Entrypoint]
	for n := 0; ctx.Err() == nil && (n == 0 || !s.Once); n++ {
		if err := connection(ctx, fmt.Sprintf("%s/%d", s.Name, n)); err != nil && ctx.Err() == nil {
			s.Ledger.Note(fmt.Sprintf("%s: %v", s.Name, err))
		}
		rig.Sleep(ctx, pause/2+time.Duration(s.Rand.Int64N(int64(pause))))
	}
}

// url is the address to read from, with the group's name and what else the query holds.
func (s *Subscriber) url(scheme string, query url.Values) string {
	if query == nil {
		query = url.Values{}
	}
	query.Set("X-Client-Identifier", s.Reader.Name())
	return fmt.Sprintf("%s://%s/%s/out?%s", scheme, s.Address, s.Reader.Via().Level, query.Encode())
}

// withCursor gives a query with the last id, at levels that have ids. A cursor says that all up to
// it was received: it acknowledges what is not yet. A reader that nacks has none, and gets again
// what it neither acknowledged nor nacked.
func (s *Subscriber) withCursor() url.Values {
	query := url.Values{}
	switch {
	case s.Reader.Nacks():
		s.take()
	case s.cursor != "":
		query.Set("cursor", s.cursor)
		s.acknowledge(s.take())
	}
	return query
}

// take gives what waits for acknowledgement, and forgets it.
func (s *Subscriber) take() []delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	taken := s.waiting
	s.waiting = nil
	return taken
}

// wait lets records wait for their acknowledgement.
func (s *Subscriber) wait(deliveries ...delivery) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting = append(s.waiting, deliveries...)
}

// nacks says whether a reader that nacks does so at the n-th delivery of a record: one of 16
// records each time, three more once, twice and three times, the others never.
func nacks(id string, n int) bool {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id)) // it never fails
	kind := int(h.Sum32() % 16)
	return kind == 0 || kind <= 3 && n <= kind
}

// acknowledge takes acknowledgements down.
func (s *Subscriber) acknowledge(deliveries []delivery) {
	for _, d := range deliveries {
		s.Reader.Acknowledge(d.id)
	}
}

// deliver takes the n-th delivery of a record down and keeps its id.
func (s *Subscriber) deliver(session, cursor string, content []byte, n int) error {
	var p payload
	if err := json.Unmarshal(content, &p); err != nil || p.ID == "" {
		return fmt.Errorf("content %.100q: %w", content, err)
	}
	s.Reader.Deliver(session, p.ID)
	via := s.Reader.Via()
	if via.Level.IDs() {
		s.cursor = cursor
	}
	if via.Level == endpoint.AtLeastOnce && via.Entrypoint != endpoint.SSE { // which has none of its own
		s.wait(delivery{session, cursor, p.ID, s.Reader.Nacks() && nacks(p.ID, n)})
	}
	return nil
}
