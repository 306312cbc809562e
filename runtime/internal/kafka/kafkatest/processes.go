package kafkatest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/kafka"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// wire makes the connections of a process, until it is cut.
type wire struct {
	mu    sync.Mutex
	conns []net.Conn
	down  bool
}

var errCut = errors.New("the process is dead")

func (w *wire) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	w.mu.Lock()
	defer w.mu.Unlock()
	if err == nil && w.down {
		return nil, errors.Join(errCut, conn.Close())
	}
	if err == nil {
		w.conns = append(w.conns, conn)
	}
	return conn, err
}

// cut ends the process as far as Kafka can see: nothing more is sent, the group is not left.
func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.down = true
	for _, conn := range w.conns {
		_ = conn.Close()
	}
}

// process is one gateway with one web client, which acknowledges all it gets.
type process struct {
	wire   *wire
	kafka  *kafka.Kafka
	stream qos.Stream
	quit   chan struct{}
	done   chan struct{}

	mu   sync.Mutex
	seen map[string]int // "partition:offset" → how often it was delivered
	err  error
}

func (s *suite) process(t *testing.T, r qos.Reading) *process {
	t.Helper()
	p := &process{wire: &wire{}, quit: make(chan struct{}), done: make(chan struct{}), seen: make(map[string]int)}
	cfg := s.config()
	cfg.Dial = p.wire.dial
	p.kafka = kafka.New(cfg, slog.New(slog.DiscardHandler))
	source, _, err := p.kafka.Hold(s.target, false)
	if err != nil {
		t.Fatal(err)
	}
	if p.stream, err = source.Open(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	go p.read(reader{kind: r.Kind, level: r.Level}.acks())
	return p
}

func (p *process) read(acks bool) {
	defer close(p.done)
	for {
		b, ready, err := p.stream.Poll(5)
		switch {
		case err != nil:
			p.mu.Lock()
			p.err = err
			p.mu.Unlock()
			return
		case b != nil:
			p.take(b, acks)
			continue
		}
		select {
		case <-ready:
		case <-p.quit:
			return
		}
	}
}

func (p *process) take(b *qos.Batch, acks bool) {
	p.mu.Lock()
	for i := range b.Len() {
		rec := b.Record(i)
		p.seen[fmt.Sprintf("%d:%d", rec.Partition, rec.Offset)]++
	}
	p.mu.Unlock()
	if !acks {
		p.stream.Settle(b, b.Len())
		return
	}
	for i := range b.Len() {
		p.stream.Ack(b, b.Len()-1-i)
	}
}

func (p *process) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.seen)
}

// leave ends the client and the process in order. A dead one only frees what it holds.
func (p *process) leave(t *testing.T) {
	t.Helper()
	close(p.quit)
	<-p.done
	wait := patience
	if p.wire.down {
		wait = 100 * time.Millisecond
	}
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	err := errors.Join(p.stream.Close(ctx), p.kafka.Close(ctx))
	if !p.wire.down && (err != nil || p.err != nil) {
		t.Errorf("the process ended with %v, %v", err, p.err)
	}
}

// feed writes records to all partitions until it is stopped, and tells how many to each.
func (s *suite) feed(t *testing.T, topic string, partitions int32) (stop func() int) {
	quit, done := make(chan struct{}), make(chan struct{})
	n := 0
	go func() {
		defer close(done)
		for ; ; n++ {
			for p := range partitions {
				s.write(t, topic, p, fmt.Sprint(n))
			}
			select {
			case <-quit:
				n++
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	return func() int {
		close(quit)
		<-done
		return n
	}
}

// processes: a group is shared by processes that join, leave and die while records are written.
// At at-most-once nothing comes twice, at the other levels nothing is lost, and committed is
// only what was acknowledged.
func processes(t *testing.T, s *suite) {
	for _, r := range readers() {
		if !r.level.Group() || r.kind == endpoint.HTTPGet {
			continue
		}
		t.Run(r.name, func(t *testing.T) {
			t.Parallel() // rebalances are long waits
			const partitions = 4
			topic := s.topic(t, partitions)
			reading := r.reading(topic)
			first := s.process(t, reading)
			stop := s.feed(t, topic, partitions)
			all := []*process{first}
			join := func() *process {
				p := s.process(t, reading)
				all = append(all, p)
				eventually(t, "records for the process that joined", func() bool { return p.count() > 0 })
				return p
			}
			second := join()
			first.leave(t)
			third := join()
			if !s.serverSide { // a broker of KIP-848 waits 45 s for a silent member
				second.wire.cut()
			}
			second.leave(t)
			n := stop()
			last := func(p int32) string { return fmt.Sprintf("%d:%d", p, n-1) }
			eventually(t, "the end of every partition", func() bool {
				for p := range int32(partitions) {
					if total(all, last(p)) == 0 {
						return false
					}
				}
				return true
			})
			third.leave(t)
			s.judge(t, all, reading, topic, partitions, n)
		})
	}
}

// total is how often a record was delivered.
func total(all []*process, record string) (n int) {
	for _, p := range all {
		p.mu.Lock()
		n += p.seen[record]
		p.mu.Unlock()
	}
	return n
}

// judge counts what was lost and what came twice.
func (s *suite) judge(t *testing.T, all []*process, r qos.Reading, topic string, partitions int32, n int) {
	t.Helper()
	lost, doubled := 0, 0
	for p := range partitions {
		committed := s.committed(t, r.Group, topic, p)
		for i := range n {
			switch times := total(all, fmt.Sprintf("%d:%d", p, i)); {
			case times == 0:
				lost++
				if r.Level != endpoint.AtMostOnce && int64(i) < committed {
					t.Errorf("record %d:%d was committed, and never delivered", p, i)
				}
			case times > 1:
				doubled++
			}
		}
	}
	t.Logf("%s: sent %d, lost %d, doubled %d", r.Level, n*int(partitions), lost, doubled)
	if r.Level == endpoint.AtMostOnce && doubled > 0 {
		t.Errorf("%d records came twice", doubled)
	}
	if r.Level != endpoint.AtMostOnce && lost > 0 {
		t.Errorf("%d records were lost", lost)
	}
}
