package hub

import (
	"context"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// session is the client of a hub and its two goroutines, from the first feed to the last.
type session struct {
	client *kgo.Client
	stop   context.CancelFunc
	kick   chan struct{} // holds a token when refresh should not wait for its time

	// Numbers of the newest listings that were taken in, under Hub.mu: of some topics, and of all.
	observed, chosen uint64

	mu        sync.Mutex
	commands  []func(*kgo.Client)
	interrupt context.CancelFunc // ends the poll under way
}

// start makes the client. It is called under Hub.mu.
func (h *Hub) start() error {
	client, err := h.cluster.NewClient("hub",
		kgo.KeepControlRecords(), // they move positions
		kgo.ConsumeResetOffset(kgo.NoResetOffset()),
		kgo.FetchMaxBytes(h.cfg.FetchBytes),
		kgo.FetchMaxPartitionBytes(h.cfg.FetchBytes/4),
	)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := &session{client: client, stop: cancel, kick: make(chan struct{}, 1)}
	h.session = s
	h.running.Go(func() {
		var polling sync.WaitGroup
		polling.Go(func() { h.poll(ctx, s) })
		h.refresh(ctx, s)
		cancel()
		polling.Wait()
		client.Close()
	})
	return nil
}

// do hands a change of what is consumed to the poll goroutine.
func (s *session) do(command func(*kgo.Client)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.commands = append(s.commands, command)
	if s.interrupt != nil {
		s.interrupt()
	}
}

// hurry makes refresh look now.
func (s *session) hurry() {
	select {
	case s.kick <- struct{}{}:
	default:
	}
}

// obey runs the commands that have come and prepares a poll that further ones interrupt.
func (s *session) obey(ctx context.Context) (context.Context, context.CancelFunc) {
	for {
		s.mu.Lock()
		commands := s.commands
		s.commands = nil
		if len(commands) == 0 {
			ctx, s.interrupt = context.WithCancel(ctx)
			cancel := s.interrupt
			s.mu.Unlock()
			return ctx, cancel
		}
		s.mu.Unlock()
		for _, command := range commands {
			command(s.client)
		}
	}
}

// The pace of polls: each subscriber that a poll woke puts the next one off a little, so that
// many subscribers get larger nodes, not more of them.
const (
	pacePerSubscriber = 10 * time.Microsecond
	paceLeast         = time.Millisecond // less is not worth a timer
	paceMost          = 20 * time.Millisecond
)

func (h *Hub) poll(ctx context.Context, s *session) {
	for ctx.Err() == nil {
		polling, cancel := s.obey(ctx)
		fetches := s.client.PollFetches(polling)
		cancel()
		if fetches.IsClientClosed() {
			return
		}
		woken := h.deliver(s, fetches)
		if pace := min(time.Duration(woken)*pacePerSubscriber, paceMost); pace >= paceLeast {
			sleep(ctx, pace)
		}
	}
}

func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
