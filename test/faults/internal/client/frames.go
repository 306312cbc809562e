package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// frames reads one socket to its end; at at-least-once it acknowledges, in another order.
func (s *Subscriber) frames(ctx context.Context, session string) error {
	c, status, err := dial(ctx, s.url("ws", s.withCursor(url.Values{})))
	switch {
	case status != 0:
		return fmt.Errorf("status %d (%s): %w", status, http.StatusText(status), err)
	case err != nil:
		return nil //nolint:nilerr // the connection broke: that is what faults do
	}
	defer func() { _ = c.CloseNow() }()
	if s.Reader.Via().Level == endpoint.AtLeastOnce {
		a := &acknowledger{s: s, c: c, wake: make(chan struct{}, 1), end: make(chan struct{})}
		var owned sync.WaitGroup
		owned.Go(a.run)
		defer owned.Wait()
		defer close(a.end)
		return s.readFrames(ctx, session, c, a.add)
	}
	return s.readFrames(ctx, session, c, func(string, string) {})
}

func (s *Subscriber) readFrames(ctx context.Context, session string, c *websocket.Conn, received func(frameID, id string)) error {
	for {
		_, data, err := c.Read(ctx)
		if err != nil {
			var closed websocket.CloseError
			if errors.As(err, &closed) && closed.Code != websocket.StatusServiceRestart {
				return err
			}
			return nil // the connection broke, or the gateway drains: that is what faults do
		}
		var f struct {
			Type, ID string
			Content  json.RawMessage
		}
		if err := json.Unmarshal(data, &f); err != nil {
			return fmt.Errorf("frame %.100q: %w", data, err)
		}
		if f.Type != "message" {
			s.Ledger.Note(fmt.Sprintf("%s: frame %.300s", s.Name, data))
			continue
		}
		id, err := s.deliver(session, f.ID, f.Content)
		if err != nil {
			return err
		}
		received(f.ID, id)
	}
}

// acknowledger acknowledges what a socket received, a few at a time in random order.
type acknowledger struct {
	s    *Subscriber
	c    *websocket.Conn
	wake chan struct{}
	end  chan struct{}

	mu      sync.Mutex
	waiting [][2]string // id of the frame, id of the record
}

func (a *acknowledger) add(frameID, id string) {
	a.mu.Lock()
	a.waiting = append(a.waiting, [2]string{frameID, id})
	a.mu.Unlock()
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// run writes until the socket breaks.
func (a *acknowledger) run() {
	for {
		select {
		case <-a.end:
			return
		case <-a.wake:
		}
		time.Sleep(20 * time.Millisecond) // some records gather
		a.mu.Lock()
		batch := a.waiting
		a.waiting = nil
		a.mu.Unlock()
		for _, i := range a.s.Rand.Perm(len(batch)) {
			a.s.Reader.Acknowledge(batch[i][1])
			frame := fmt.Sprintf(`{"type":"ack","id":%q}`, batch[i][0])
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			err := a.c.Write(ctx, websocket.MessageText, []byte(frame))
			cancel()
			if err != nil {
				return
			}
		}
	}
}
