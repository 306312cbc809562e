package load

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http/httputil"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// Streams is a set of open event streams that all get the same messages. Each message holds the
// time when it was sent as a member "sentAt", in nanoseconds.
type Streams struct {
	send     func(ctx context.Context, at time.Time) error
	rate     int // messages per second
	conns    []*Conn
	reading  sync.WaitGroup
	received atomic.Int64
	latency  atomic.Pointer[Histogram]
	broken   atomic.Pointer[error]
}

// patience is how long the last message of a slice may take to arrive everywhere.
const patience = 5 * time.Second

// OpenStreams opens the streams; send publishes one message.
func OpenStreams(address string, connections int, request []byte, rate int, send func(context.Context, time.Time) error) (*Streams, error) {
	s := &Streams{send: send, rate: rate}
	s.latency.Store(new(Histogram))
	for range connections {
		if err := s.open(address, request); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	return s, nil
}

func (s *Streams) open(address string, request []byte) error {
	c, err := Dial(address)
	if err != nil {
		return err
	}
	s.conns = append(s.conns, c)
	if _, err := c.net.Write(request); err != nil {
		return err
	}
	status, length, err := c.header()
	if err != nil {
		return err
	}
	if status != 200 {
		return fmt.Errorf("the stream was refused with status %d", status)
	}
	var body io.Reader = c.read
	if length < 0 {
		body = httputil.NewChunkedReader(c.read)
	}
	s.reading.Go(func() { s.read(body) })
	return nil
}

// read counts messages until the connection ends.
func (s *Streams) read(body io.Reader) {
	lines := bufio.NewReaderSize(body, 4<<10)
	for {
		line, err := lines.ReadSlice('\n')
		if err != nil {
			s.broken.CompareAndSwap(nil, &err)
			return
		}
		if !bytes.HasPrefix(line, []byte("data:")) {
			continue
		}
		if at, ok := sentAt(line); ok {
			s.latency.Load().Add(time.Since(at))
			s.received.Add(1)
		}
	}
}

// sentAt reads when a message was sent.
func sentAt(line []byte) (time.Time, bool) {
	_, rest, found := bytes.Cut(line, []byte(`"sentAt":`))
	if !found {
		return time.Time{}, false
	}
	end := bytes.IndexAny(rest, ",}")
	if end < 0 {
		return time.Time{}, false
	}
	ns, err := strconv.ParseInt(string(rest[:end]), 10, 64)
	return time.Unix(0, ns), err == nil
}

// Run publishes messages at the rate of the set for a time and waits until every stream has them.
func (s *Streams) Run(ctx context.Context, length time.Duration) (Slice, error) {
	latency := new(Histogram)
	s.latency.Store(latency)
	before := s.received.Load()
	began := time.Now()
	count := max(1, int(length.Seconds()*float64(s.rate)))
	pause := time.Second / time.Duration(s.rate)
	for i := range count {
		time.Sleep(time.Until(began.Add(time.Duration(i) * pause)))
		if err := s.send(ctx, time.Now()); err != nil {
			return Slice{}, fmt.Errorf("publish: %w", err)
		}
	}
	want := int64(count) * int64(len(s.conns))
	for end := time.Now().Add(patience); s.received.Load()-before < want && time.Now().Before(end); {
		if err := s.broken.Load(); err != nil {
			return Slice{}, fmt.Errorf("a stream ended: %w", *err)
		}
		time.Sleep(time.Millisecond)
	}
	got := s.received.Load() - before
	return Slice{Done: int(got), Failed: int(max(0, want-got)), Elapsed: time.Since(began), Latency: latency}, nil
}

// Close closes the streams.
func (s *Streams) Close() error {
	var errs []error
	for _, c := range s.conns {
		errs = append(errs, c.Close())
	}
	s.reading.Wait()
	return errors.Join(errs...)
}
