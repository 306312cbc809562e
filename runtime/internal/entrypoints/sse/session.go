package sse

import (
	"context"
	"encoding/base64"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
	"github.com/penstock-dev/penstock/runtime/internal/web"
)

const (
	// Clients that lose their stream together come back spread over this time.
	leastRetry, mostRetry = 1000 * time.Millisecond, 5000 * time.Millisecond
	// largeIDEvery is how often an id above largeID is sent.
	largeIDEvery = 100 * time.Millisecond
)

// session is one open stream. It runs in the goroutine of its request and holds no buffer: what
// is shared stands in the batches.
type session struct {
	*handler
	stream *entrypoints.Opened
	frames *encoder
	c      echo.Context
	out    *entrypoints.StallWriter
	leave  func() // gives the place of the stream back
	expiry entrypoints.Expiry

	written time.Time // the last time that anything was sent
	largeID time.Time // the last time that a large id was sent
	owesID  bool      // a large id was held back
}

func newSession(h *handler, c echo.Context, stream *entrypoints.Opened) *session {
	s := &session{handler: h, c: c, stream: stream, frames: h.encoders[0], out: entrypoints.NewStallWriter(c, h.host.Limits.WriteStall)}
	if stream != nil && stream.EncodeIDs {
		s.frames = h.encoders[1]
	}
	return s
}

// serve writes until the client leaves, its credentials end, the stream fails or the gateway drains.
func (s *session) serve(ctx context.Context, g *gap) {
	if !s.begin() {
		return
	}
	if g != nil && !s.send(appendGap(nil, g)) {
		return
	}
	timer := time.NewTimer(s.heartbeat)
	defer timer.Stop()
	for {
		if s.host.IsDraining() { // a busy stream never comes to wait
			s.farewell(ctx, core.NewError(core.CodeDraining, ""))
			return
		}
		if s.expiry.Over() {
			s.send(appendFarewell(nil, entrypoints.Expired()))
			return
		}
		batch, ready, err := s.stream.Poll(0)
		switch {
		case err != nil:
			s.farewell(ctx, err)
			return
		case batch != nil:
			if !s.deliver(batch, timer) {
				return
			}
			continue
		}
		select {
		case <-ready:
		case <-s.host.Draining:
		case <-s.expiry.Done():
		case <-ctx.Done():
			return
		case <-timer.C:
			if !s.tick(timer) {
				return
			}
		}
	}
}

// close closes the stream, which commits what was settled.
func (s *session) close(ctx context.Context) {
	if err := entrypoints.CloseStream(ctx, s.stream); err != nil {
		s.host.LogFailure(ctx, "stream not closed cleanly", s.op, err)
	}
}

// begin sends the header and the time after which a client may come back.
func (s *session) begin() bool {
	header := s.c.Response().Header()
	header.Set(echo.HeaderContentType, web.EventStream)
	header.Set(echo.HeaderCacheControl, "no-store")
	header.Set("X-Accel-Buffering", "no") // nginx would hold events back
	s.c.Response().WriteHeader(http.StatusOK)
	retry := leastRetry + rand.N(mostRetry-leastRetry) //nolint:gosec // it spreads load and guards nothing
	text := strconv.AppendInt([]byte("retry: "), retry.Milliseconds(), 10)
	return s.send(append(text, '\n', '\n'))
}

// send writes and flushes; it is false when the client is gone or does not read.
func (s *session) send(text []byte) bool {
	if _, err := s.out.Write(text); err != nil {
		return s.lost(err)
	}
	if err := s.out.Flush(); err != nil {
		return s.lost(err)
	}
	s.written = time.Now()
	return true
}

func (s *session) lost(err error) bool {
	s.host.Log.Debug("client lost", "operation", s.op.Name, "error", err)
	return false
}

// deliver writes a batch, whose frames all clients of the operation share.
func (s *session) deliver(b *qos.Batch, timer *time.Timer) bool {
	frames := b.Frames(s.frames)
	if len(frames.Bytes) > 0 {
		if !s.send(frames.Bytes) {
			return false
		}
		s.host.Metrics.Delivered(s.op, s.kind, frames.Count, frames.Size)
	}
	s.stream.Settle(b, b.Len())
	if len(frames.Bytes) > 0 && b.HasIDs() && !hasID(frames.Bytes) {
		return s.sendLargeID(timer)
	}
	return true
}

// sendLargeID sends the position as an event of its own, which sets the client's last event id
// and nothing else; not more often than largeIDEvery.
func (s *session) sendLargeID(timer *time.Timer) bool {
	if wait := largeIDEvery - time.Since(s.largeID); wait > 0 {
		if !s.owesID {
			s.owesID = true
			timer.Reset(wait)
		}
		return true
	}
	s.owesID = false
	id := s.stream.Cursor(nil)
	event := append(make([]byte, 0, 2*len(id)), idField...)
	if s.stream.EncodeIDs {
		event = base64.StdEncoding.AppendEncode(event, id)
	} else {
		event = append(event, id...)
	}
	sent := s.send(append(event, '\n', '\n'))
	s.largeID = s.written
	return sent
}

// tick sends what the clock asks for: an id that was held back, or a heartbeat.
func (s *session) tick(timer *time.Timer) bool {
	if s.owesID {
		s.owesID = false
		if !s.sendLargeID(timer) {
			return false
		}
	}
	idle := time.Since(s.written)
	if idle >= s.heartbeat {
		if !s.send([]byte(heartbeat)) {
			return false
		}
		idle = 0
	}
	if !s.owesID {
		timer.Reset(s.heartbeat - idle)
	}
	return true
}

// farewell tells the client why the stream ends.
func (s *session) farewell(ctx context.Context, cause error) {
	e := web.Of(cause)
	if e.Code != core.CodeDraining {
		s.host.LogFailure(ctx, "stream ended", s.op, cause)
	}
	s.send(appendFarewell(nil, e))
}
