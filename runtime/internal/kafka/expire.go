package kafka

import (
	"context"
	"time"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// expiry is the moment at which the credentials of a request end: a broker keeps a connection
// longer than the token it was opened with.
type expiry struct {
	end   time.Time
	over  chan struct{} // closed then
	timer *time.Timer
}

func newExpiry(end time.Time) *expiry {
	x := &expiry{end: end, over: make(chan struct{})}
	x.timer = time.AfterFunc(time.Until(end), func() { close(x.over) })
	return x
}

// passed says whether the credentials have ended; those of a nil expiry never do.
func (x *expiry) passed() bool {
	return x != nil && (x.fired() || !time.Now().Before(x.end))
}

func (x *expiry) fired() bool {
	select {
	case <-x.over:
		return true
	default:
		return false
	}
}

// errEnded is for those who were let in before the end.
func errEnded(op string) error {
	return &core.Error{Code: core.CodeUnauthenticated, Op: op, Detail: "the credentials of the request have ended"}
}

// lasting is a station for requests whose credentials end.
type lasting struct {
	*station
	expiry *expiry
}

var _ qos.Cluster = lasting{}

// Open implements qos.Source.
func (l lasting) Open(ctx context.Context, r qos.Reading) (qos.Stream, error) {
	if l.expiry.passed() {
		return nil, errEnded("read")
	}
	s, err := l.station.Open(ctx, r)
	if err != nil {
		return nil, err
	}
	return &lastingStream{Stream: s, expiry: l.expiry, closed: make(chan struct{})}, nil
}

// Sink implements qos.Cluster.
func (l lasting) Sink(level endpoint.QoS, compression string) (qos.Sink, error) {
	if l.expiry.passed() {
		return nil, errEnded("produce")
	}
	s, err := l.station.Sink(level, compression)
	if err != nil {
		return nil, err
	}
	return lastingSink{s, l.expiry}, nil
}

// lastingSink refuses records that come after the end.
type lastingSink struct {
	sink   qos.Sink
	expiry *expiry
}

// Send implements qos.Sink.
func (s lastingSink) Send(rec *core.Record, done func(core.Receipt, error)) {
	if s.expiry.passed() {
		done(core.Receipt{}, errEnded("produce"))
		return
	}
	s.sink.Send(rec, done)
}

// lastingStream ends with the credentials of its request. What was delivered until then can
// still be settled, and is committed by Close as ever.
type lastingStream struct {
	qos.Stream
	expiry *expiry
	closed chan struct{} // by Close

	more  <-chan struct{} // of the stream, when it last had nothing
	worth <-chan struct{} // closed when more is, or the credentials have ended
}

// Poll implements qos.Stream.
func (s *lastingStream) Poll(most int) (*qos.Batch, <-chan struct{}, error) {
	if s.expiry.fired() {
		return nil, nil, errEnded("read")
	}
	batch, more, err := s.Stream.Poll(most)
	if batch != nil || err != nil {
		return batch, more, err
	}
	if more != s.more {
		s.more, s.worth = more, s.either(more)
	}
	return nil, s.worth, nil
}

// either gives a channel that is closed with more or at the end of the credentials. Its goroutine
// ends then, or with the stream.
func (s *lastingStream) either(more <-chan struct{}) <-chan struct{} {
	worth := make(chan struct{})
	go func() {
		select {
		case <-more:
			close(worth)
		case <-s.expiry.over:
			close(worth)
		case <-s.closed:
		}
	}()
	return worth
}

// Close implements qos.Stream.
func (s *lastingStream) Close(ctx context.Context) error {
	close(s.closed)
	return s.Stream.Close(ctx)
}
