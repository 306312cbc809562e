package cluster

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// probeEvery is how often a cluster that refuses is asked again, unless it refused a login; a
// probe that hangs is given up after probeTimeout.
const (
	probeEvery   = time.Second
	probeTimeout = 5 * time.Second
)

// answerWithin is how long a cluster without an answer counts as usable.
const answerWithin = 30 * time.Second

// Phase is what is known about a cluster.
type Phase string

// The phases.
const (
	NotTried    Phase = "not-tried"
	Reachable   Phase = "reachable"
	Unreachable Phase = "unreachable"
)

// State is the health of a cluster at a moment.
type State struct {
	Phase      Phase
	Since      time.Time // when the phase began; zero for NotTried
	LastAnswer time.Time // of any broker; zero: none yet
	Err        error     // why the cluster is Unreachable, for the log only
}

// health follows the dials of all clients of a cluster. The cluster counts as unreachable from
// the moment when the last dial to every known broker failed until a dial or a probe succeeds.
//
// It is a hook of the library: its methods run on the library's goroutines and never block.
type health struct {
	log   *slog.Logger
	probe func(context.Context) error
	login *login // may be nil

	refuse     atomic.Pointer[core.Error] // set while Unreachable: the hot path reads only this
	lastAnswer atomic.Int64               // Unix nanoseconds
	waiting    atomic.Int64               // since when an answer is due, Unix nanoseconds; 0: nobody waits

	mu      sync.Mutex
	phase   Phase
	since   time.Time
	dials   map[string]error // last dial by address; nil: it succeeded
	proven  time.Time        // when a dial or a probe succeeded last
	probing bool
	closed  bool

	stop    context.Context //nolint:containedctx // ends with the owner, which close does
	cancel  context.CancelFunc
	running sync.WaitGroup
}

var (
	_ kgo.HookBrokerConnect    = (*health)(nil)
	_ kgo.HookBrokerDisconnect = (*health)(nil)
	_ kgo.HookBrokerWrite      = (*health)(nil)
	_ kgo.HookBrokerRead       = (*health)(nil)
)

func newHealth(log *slog.Logger, probe func(context.Context) error, login *login) *health {
	h := &health{log: log, probe: probe, login: login, phase: NotTried, dials: make(map[string]error)}
	h.stop, h.cancel = context.WithCancel(context.Background())
	return h
}

// OnBrokerConnect is called by the library after each dial, TLS and login included. One that failed
// is no news when it began before another succeeded: it waited for a broker that is back meanwhile.
func (h *health) OnBrokerConnect(meta kgo.BrokerMetadata, took time.Duration, _ net.Conn, err error) {
	if errors.Is(err, context.Canceled) || errors.Is(err, kgo.ErrClientClosed) {
		return // our own doing says nothing about the broker
	}
	h.login.note(err)
	h.mu.Lock()
	defer h.mu.Unlock()
	if err != nil && h.phase == Reachable && time.Now().Add(-took).Before(h.proven) {
		h.startProbing() // which tells, should it be away again
		return
	}
	h.dials[net.JoinHostPort(meta.Host, strconv.Itoa(int(meta.Port)))] = err
	if err == nil {
		h.setReachable()
		return
	}
	if h.allFailed() {
		h.setUnreachable(err)
	}
	h.startProbing()
}

// OnBrokerDisconnect is called by the library when a connection ended. Why is unknown: it may be
// the first sign that the broker is gone.
func (h *health) OnBrokerDisconnect(kgo.BrokerMetadata, net.Conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.startProbing()
}

// OnBrokerWrite is called by the library after each request that was sent. Records of acks=0 have
// no answer, and the library does not say which they are: no record counts.
func (h *health) OnBrokerWrite(_ kgo.BrokerMetadata, key int16, _ int, _, _ time.Duration, _ error) {
	if key != int16(kmsg.Produce) && !greets(key) {
		h.waiting.CompareAndSwap(0, time.Now().UnixNano())
	}
}

// OnBrokerRead is called by the library after each answer.
func (h *health) OnBrokerRead(_ kgo.BrokerMetadata, key int16, _ int, _, _ time.Duration, err error) {
	if err == nil && !greets(key) {
		h.lastAnswer.Store(time.Now().UnixNano())
		h.waiting.Store(0)
	}
}

// greets says whether a request belongs to the beginning of a connection: a broker that answers
// it may still refuse the login.
func greets(key int16) bool {
	return key == int16(kmsg.ApiVersions) || key == int16(kmsg.SASLHandshake) || key == int16(kmsg.SASLAuthenticate)
}

// usable says whether an answer came within answerWithin, or none is due.
func (h *health) usable(now time.Time) bool {
	due := h.waiting.Load()
	if h.refuse.Load() != nil {
		due = h.lastAnswer.Load()
		return due != 0 && now.UnixNano()-due <= int64(answerWithin)
	}
	return due == 0 || now.UnixNano()-due <= int64(answerWithin)
}

func (h *health) allFailed() bool {
	for _, err := range h.dials {
		if err == nil {
			return false
		}
	}
	return true
}

func (h *health) setReachable() {
	h.proven = time.Now()
	if h.phase == Reachable {
		return
	}
	if h.phase == Unreachable {
		h.log.Info("kafka is reachable again", "after", time.Since(h.since).Round(time.Millisecond).String())
	}
	h.phase, h.since = Reachable, time.Now()
	h.refuse.Store(nil)
}

func (h *health) setUnreachable(err error) {
	if h.phase == Unreachable {
		return
	}
	message := "kafka is unreachable"
	refuse := &core.Error{Code: core.CodeBrokerUnavailable, Op: "connect", RetryAfter: 1, Err: err}
	if isRefusal(err) {
		message, refuse = "kafka refuses the login", errRefused(err)
	}
	h.log.Warn(message, "error", err)
	h.phase, h.since = Unreachable, time.Now()
	h.refuse.Store(refuse)
}

// startProbing is called with the lock held.
func (h *health) startProbing() {
	if h.probing || h.closed {
		return
	}
	h.probing = true
	h.running.Go(h.probeUntilReachable)
}

// probeUntilReachable asks once at least: a failed dial may be the first sign that every
// broker is away, although older dials to the others succeeded.
func (h *health) probeUntilReachable() {
	for {
		ctx, cancel := context.WithTimeout(h.stop, probeTimeout)
		err := h.probe(ctx)
		hung := ctx.Err() != nil
		cancel()
		if h.stop.Err() != nil || h.probed(err, hung) {
			return
		}
		select {
		case <-h.stop.Done():
			return
		case <-time.After(max(probeEvery, h.login.wait())):
		}
	}
}

// probed takes a probe's result and reports whether probing ends.
func (h *health) probed(err error, hung bool) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return true // our own closing says nothing about the broker
	}
	switch {
	case err == nil:
		clear(h.dials) // what failed before is no longer the last word
		h.setReachable()
	case !hung:
		h.setUnreachable(err)
	}
	if h.phase != Unreachable {
		h.probing = false
	}
	return !h.probing
}

func (h *health) refusal() error {
	if e := h.refuse.Load(); e != nil {
		return e
	}
	return nil
}

func (h *health) state() State {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := State{Phase: h.phase, Since: h.since}
	if n := h.lastAnswer.Load(); n != 0 {
		s.LastAnswer = time.Unix(0, n)
	}
	if e := h.refuse.Load(); e != nil {
		s.Err = e.Err
	}
	return s
}

// retire makes what happens from now on, while the clients close, say nothing about the broker.
func (h *health) retire() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
}

func (h *health) close() {
	h.retire()
	h.cancel()
	h.running.Wait()
}
