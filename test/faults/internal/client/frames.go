package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// frames reads one socket to its end; at at-least-once it acknowledges, in another order, and nacks.
func (s *Subscriber) frames(ctx context.Context, session string) error {
	c, status, err := dial(ctx, s.url("ws", s.withCursor()))
	switch {
	case status != 0:
		return fmt.Errorf("status %d (%s): %w", status, http.StatusText(status), err)
	case err != nil:
		return nil // the connection broke: that is what faults do
	}
	defer func() { _ = c.CloseNow() }()
	if s.Reader.Via().Level == endpoint.AtLeastOnce {
		a := &acknowledger{s: s, c: c, wake: make(chan struct{}, 1), end: make(chan struct{})}
		var owned sync.WaitGroup
		owned.Go(a.run)
		defer owned.Wait()
		defer close(a.end)
		return s.readFrames(ctx, session, c, a.wakeUp)
	}
	return s.readFrames(ctx, session, c, func() {})
}

func (s *Subscriber) readFrames(ctx context.Context, session string, c *websocket.Conn, received func()) error {
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
			Type, ID, Code string
			Content        json.RawMessage
			Metadata       struct{ Delivery int }
		}
		if err := json.Unmarshal(data, &f); err != nil {
			return fmt.Errorf("frame %.100q: %w", data, err)
		}
		if f.Code == "FAILURE_DELIVERY_STOPPED" {
			return fmt.Errorf("frame %.300s", data) // a partition gives no more: it does to the next socket
		}
		if f.Type != "message" {
			s.Ledger.Note(fmt.Sprintf("%s: frame %.300s", s.Name, data))
			continue
		}
		if err := s.deliver(session, f.ID, f.Content, f.Metadata.Delivery); err != nil {
			return err
		}
		received()
	}
}

// acknowledger acknowledges or nacks what a socket received, a few at a time in random order.
type acknowledger struct {
	s    *Subscriber
	c    *websocket.Conn
	wake chan struct{}
	end  chan struct{}
}

func (a *acknowledger) wakeUp() {
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
		batch := a.s.take()
		a.s.Rand.Shuffle(len(batch), func(i, j int) { batch[i], batch[j] = batch[j], batch[i] })
		for i, d := range batch {
			kind := "ack"
			if d.nack {
				kind = "nack"
				a.s.Reader.Nack(d.session, d.id)
			} else {
				a.s.acknowledge(batch[i : i+1])
			}
			frame := fmt.Sprintf(`{"type":%q,"id":%q}`, kind, d.frameID)
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			err := a.c.Write(ctx, websocket.MessageText, []byte(frame))
			cancel()
			if err != nil {
				a.s.wait(batch[i+1:]...)
				return
			}
		}
	}
}
