package producer

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
)

// coldTimeout ends the wait of a record while the client never reached a broker. Such a record
// was certainly not written.
const coldTimeout = time.Second

// reach is a hook of the library that remembers whether the client ever reached a broker. While it
// has not, a refused login ends the wait of all records: another one follows in 5 s at the earliest.
type reach struct {
	cluster *cluster.Cluster
	once    atomic.Bool

	mu     sync.Mutex
	cold   context.Context //nolint:containedctx // of the records that wait for a first broker
	giveUp context.CancelFunc
}

var _ kgo.HookBrokerConnect = (*reach)(nil)

func newReach(c *cluster.Cluster) *reach {
	r := &reach{cluster: c}
	r.cold, r.giveUp = context.WithCancel(context.Background())
	return r
}

// OnBrokerConnect is called by the library after each dial, and after the cluster's own hook.
func (r *reach) OnBrokerConnect(_ kgo.BrokerMetadata, _ time.Duration, _ net.Conn, err error) {
	if err == nil {
		r.once.Store(true)
		return
	}
	if _, refused := r.cluster.RefusedLogin(); refused == nil || r.once.Load() {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.giveUp()
	r.cold, r.giveUp = context.WithCancel(context.Background())
}

// limit gives the context of a record, which ends when coldTimeout has passed and no broker was
// reached by then.
func (r *reach) limit() (context.Context, context.CancelFunc) {
	r.mu.Lock()
	ctx, cancel := context.WithCancel(r.cold)
	r.mu.Unlock()
	timer := time.AfterFunc(coldTimeout, func() {
		if !r.once.Load() {
			cancel()
		}
	})
	return ctx, func() {
		timer.Stop()
		cancel()
	}
}

// failure is the refused login, if that is why a record was given up, else what failure says.
func (r *reach) failure(err error) error {
	if errors.Is(err, context.Canceled) {
		if _, refused := r.cluster.RefusedLogin(); refused != nil {
			return refused
		}
	}
	return failure(err)
}
