package client

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
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

// withCursor adds the last id to a query, at levels that have ids.
func (s *Subscriber) withCursor(query url.Values) url.Values {
	if s.cursor != "" {
		query.Set("cursor", s.cursor)
	}
	return query
}

// deliver takes a record down and keeps its id.
func (s *Subscriber) deliver(session, cursor string, content []byte) (id string, err error) {
	var p payload
	if err := json.Unmarshal(content, &p); err != nil || p.ID == "" {
		return "", fmt.Errorf("content %.100q: %w", content, err)
	}
	s.Reader.Deliver(session, p.ID)
	if s.Reader.Via().Level.IDs() {
		s.cursor = cursor
	}
	return p.ID, nil
}
