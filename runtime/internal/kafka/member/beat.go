package member

import (
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

const (
	// quickPace is the time between two heartbeats after a change of the topics.
	quickPace = 500 * time.Millisecond
	// quickFor is how long they go on: the time from one heartbeat to the next that brokers ask for by
	// default, in which other processes see the change too.
	quickFor = 5 * time.Second
)

// protocol tells which kind of group a client has: it sees the answers of brokers.
type protocol struct{ serverSide atomic.Bool }

var _ kgo.HookBrokerRead = (*protocol)(nil)

// OnBrokerRead implements kgo.HookBrokerRead. A broker that refuses KIP-848 answers the first heartbeat
// too; the library joins a classic group then.
func (p *protocol) OnBrokerRead(_ kgo.BrokerMetadata, key int16, _ int, _, _ time.Duration, err error) {
	switch {
	case err != nil:
	case key == kmsg.ConsumerGroupHeartbeat.Int16():
		p.serverSide.Store(true)
	case key == kmsg.JoinGroup.Int16():
		p.serverSide.Store(false)
	}
}

// hurry heartbeats at a quick pace after the topics of a member changed (KIP-848), until the member ends.
//
// A heartbeat tells the broker of the change; the library sends one at once. What follows needs more of
// them: the broker may assign a moment later, and a partition that another member has is given up at a
// heartbeat of that one and taken at the next of this one.
func (m *member) hurry() {
	ticker := time.NewTicker(quickPace)
	defer ticker.Stop()
	var until time.Time
	for {
		select {
		case <-m.stop.Done():
			return
		case <-m.changed:
			until = time.Now().Add(m.groups.cfg.quickFor)
			ticker.Reset(quickPace)
			continue
		case <-ticker.C:
		}
		if time.Now().After(until) {
			ticker.Stop()
			continue
		}
		if m.protocol.serverSide.Load() && m.groups.cluster.Refusing() == nil {
			m.client.ForceRebalance() // in such a group this is a heartbeat; a classic one would join again
		}
	}
}

// change lets hurry begin, or begin anew.
func (m *member) change() {
	select {
	case m.changed <- struct{}{}:
	default:
	}
}
