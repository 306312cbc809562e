package websocket

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
	"github.com/penstock-dev/penstock/runtime/internal/web"
)

// socket is one open WebSocket. Its request's goroutine writes, one more reads.
type socket struct {
	*handler
	exchange *exchange.Exchange
	protocol protocol
	conn     *websocket.Conn
	net      *stallConn

	stream *entrypoints.Opened // nil: it does not subscribe

	pub      entrypoints.Publication // nil: it does not publish
	sink     qos.Sink
	pipeline *entrypoints.Pipeline // what the client sent and is not answered

	acks   acks
	expiry entrypoints.Expiry

	end     ending // why the reader ended; valid once it did
	largeID time.Time
}

// ending is the close frame that ends a socket; the zero value ends it without one, because the
// client is gone.
type ending struct {
	code   websocket.StatusCode
	reason string
}

// prepare does before the upgrade what may fail with a status.
func (s *socket) prepare(ctx context.Context, cursor string) error {
	s.pipeline = entrypoints.NewPipeline(s.host.Limits.BytesPerStream)
	if s.acknowledges() {
		s.acks = newAcks(s.ackTimeout)
	}
	var err error
	if s.subscribes { // first: a cursor says which endpoint serves the socket
		s.stream, err = s.op.Subscribe.Open(ctx, s.exchange, qos.Reading{Kind: s.kind, Level: s.level, Cursor: cursor})
		if err != nil {
			return err
		}
	}
	if s.publishes {
		if s.pub, err = s.op.Publish.Prepare(s.exchange, s.level); err != nil {
			return err
		}
		s.sink, err = s.pub.Sink()
	}
	return err
}

// release gives the producer back.
func (s *socket) release() {
	if s.pub != nil {
		s.pub.Release()
	}
}

// jsonFrames is the protocol penstock.v1 with ids as the stream has them.
func (s *socket) jsonFrames() *v1 {
	if s.stream != nil && s.stream.EncodeIDs {
		return s.v1[1]
	}
	return s.v1[0]
}

// closeStream closes the stream, if there is one that is still open.
func (s *socket) closeStream(ctx context.Context) {
	if s.stream == nil {
		return
	}
	if err := entrypoints.CloseStream(ctx, s.stream); err != nil {
		s.host.LogFailure(ctx, "stream not closed cleanly", s.op, err)
	}
	s.stream = nil
}

// serve runs the socket until it is closed, by whomever.
func (s *socket) serve(ctx context.Context) {
	s.expiry = entrypoints.NewExpiry(s.exchange.Caller)
	defer s.expiry.Stop()
	gone := make(chan struct{})
	var running sync.WaitGroup
	running.Go(func() {
		defer close(gone)
		s.end = s.read(ctx)
	})
	pings := newPings(ctx, s, &running)
	end := s.write(ctx, gone, pings)
	pings.stop()
	s.pipeline.Close() // a reader that waits for room ends
	s.acks.end()
	s.closeStream(ctx) // before the client has answered the close frame
	s.close(end)
	running.Wait()
}

// close ends the connection, with a close frame where there is something to say.
func (s *socket) close(end ending) {
	var err error
	if end.code == 0 {
		err = s.conn.CloseNow()
	} else {
		err = s.conn.Close(end.code, shorten(end.reason))
	}
	if err != nil {
		s.host.Log.Debug("socket closed", "operation", s.op.Name, "error", err)
	}
}

// write sends answers and records until the socket ends.
func (s *socket) write(ctx context.Context, gone <-chan struct{}, p *pings) ending {
	draining := s.host.Draining
	for {
		over, end := s.answer(ctx)
		if end != nil {
			return *end
		}
		if s.expiry.Over() {
			return s.ended(ctx, entrypoints.Expired())
		}
		if over { // the line was closed by the drain, and everything in it is answered
			return ending{websocket.StatusServiceRestart, "the gateway is shutting down; connect again"}
		}
		var ready <-chan struct{}
		if s.stream != nil && draining != nil && !s.acks.full() {
			if ready, end = s.poll(ctx); end != nil {
				return *end
			}
		}
		there := true
		select {
		case <-draining:
			draining = nil
			s.pipeline.Close()
		case <-gone:
			return s.end
		case <-p.failed:
			return ending{}
		case <-p.ticker.C:
			p.send()
		case <-s.expiry.Done():
		case <-s.pipeline.Ready():
		case <-ready:
		case f := <-s.acks.frames:
			there = s.acknowledge(ctx, f)
		case b := <-s.acks.buried:
			there = s.bury(ctx, b)
		case <-s.acks.expired():
			there = s.expire(ctx)
		}
		if !there {
			return ending{}
		}
	}
}

// poll delivers the next batch, if there is one; ready says when another poll is worth it.
func (s *socket) poll(ctx context.Context) (ready <-chan struct{}, end *ending) {
	batch, ready, err := s.stream.Poll(s.acks.most())
	switch {
	case err != nil:
		failed := s.failed(ctx, err)
		return nil, &failed
	case batch == nil:
		return ready, nil
	case !s.deliver(ctx, batch):
		return nil, &ending{}
	}
	return always, nil // look at the rest before the next batch
}

// always is ready.
var always = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// answer writes the outcomes that are known. over is true when there will be no more; end is
// set when the socket must end.
func (s *socket) answer(ctx context.Context) (over bool, end *ending) {
	var frame []byte
	for {
		item, over := s.pipeline.Take()
		if item == nil {
			return over, nil
		}
		err := item.Err()
		if err == nil {
			topics := len(item.Delivery.Results())
			s.host.Metrics.Published(s.op, s.kind, topics, item.Bytes*topics)
		} else if web.Of(err).Code.Status() >= http.StatusInternalServerError {
			s.host.LogFailure(ctx, "frame not published", s.op, err)
		}
		if frame, end = s.protocol.answer(frame[:0], s, item, err); end != nil {
			return false, end
		}
		if len(frame) > 0 {
			if err := s.conn.Write(ctx, websocket.MessageText, frame); err != nil {
				return false, s.lost(err)
			}
		}
		s.pipeline.Free(item.Size())
	}
}

func (s *socket) lost(err error) *ending {
	s.host.Log.Debug("client lost", "operation", s.op.Name, "error", err)
	return &ending{}
}

// failed ends a socket whose stream failed.
func (s *socket) failed(ctx context.Context, cause error) ending {
	s.host.LogFailure(ctx, "stream ended", s.op, cause)
	return s.ended(ctx, web.Of(cause))
}

// ended tells the client why its socket ends.
func (s *socket) ended(ctx context.Context, e *core.Error) ending {
	if frame := s.protocol.problem(e); frame != nil {
		if err := s.conn.Write(ctx, websocket.MessageText, frame); err != nil {
			return *s.lost(err)
		}
	}
	switch e.Code {
	case core.CodeDraining:
		return ending{websocket.StatusServiceRestart, web.Detail(e)}
	case core.CodeUnauthenticated:
		return ending{websocket.StatusPolicyViolation, reason(e)}
	}
	return ending{websocket.StatusInternalError, string(e.Code)}
}

// deliver writes a batch, whose frames all clients of the operation and protocol share. It is
// false when the client is gone.
func (s *socket) deliver(ctx context.Context, b *qos.Batch) bool {
	frames := b.Frames(s.protocol)
	if frames.Count == 0 {
		s.delivered(b)
		return true
	}
	s.net.cork()
	err := s.writeFrames(ctx, b, frames)
	if flushed := s.net.uncork(); err == nil {
		err = flushed
	}
	if err != nil {
		s.lost(err)
		return false
	}
	s.delivered(b)
	s.host.Metrics.Delivered(s.op, s.kind, frames.Count, frames.Size)
	return true
}

func (s *socket) writeFrames(ctx context.Context, b *qos.Batch, frames *qos.Frames) error {
	start := 0
	for i, end := range frames.Ends {
		if end == start {
			continue // skipped by a hook
		}
		kind, frame := s.protocol.split(frames.Bytes[start:end])
		start = end
		if end == len(frames.Bytes) && s.protocol.lacksID(frame) && s.largeIDDue() {
			frame = s.protocol.withID(b, i)
		}
		if err := s.conn.Write(ctx, kind, frame); err != nil {
			return err
		}
	}
	return nil
}

// largeIDEvery is how often the last record of a batch has its id although that is large.
const largeIDEvery = 100 * time.Millisecond

func (s *socket) largeIDDue() bool {
	if time.Since(s.largeID) < s.largeIDEvery {
		return false
	}
	s.largeID = time.Now()
	return true
}
