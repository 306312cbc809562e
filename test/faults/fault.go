package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/penstock-dev/penstock/test/faults/internal/ledger"
	"github.com/penstock-dev/penstock/test/faults/internal/rig"
)

// fault is a way to break things while messages flow.
type fault struct {
	name  string
	harm  ledger.Harm
	heavy bool // it needs long messages
	// groupProtocol is the gateways' consume.groupProtocol; "": the default.
	groupProtocol string
	clock         bool // it moves the broker's clock, which takes Apache Kafka
	// rest is how long groups may need, beside the usual time, until their records flow again.
	rest time.Duration
	// inject breaks things until load ends, and mends them then: ctx is that of the whole run.
	inject func(ctx, load context.Context, st *stage, random *rand.Rand) error
}

// session is the session timeout of the gateways, and some time to rejoin.
const session = 7 * time.Second

// serverSide is the group protocol in which brokers assign partitions (KIP-848).
const serverSide = "consumer"

// allFaults are in the order in which they run.
var allFaults = []fault{
	{name: "cut", inject: cutClients},
	{name: "slow-reader", harm: ledger.Orderly, heavy: true, inject: slowReaders},
	{name: "drain", harm: ledger.Orderly, inject: drain},
	{name: "kill", rest: session, inject: kill},
	{name: "storm", harm: ledger.Orderly, inject: storm},
	{name: "kill-848", rest: session, groupProtocol: serverSide, inject: kill},
	{name: "storm-848", harm: ledger.Orderly, groupProtocol: serverSide, inject: storm},
	{name: "broker-cut", harm: ledger.Calm, inject: cutBroker},
	{name: "broker-stall", harm: ledger.Calm, inject: stallBroker},
	{name: "broker-kill", harm: ledger.Calm, inject: killBroker},
	{name: "clock", harm: ledger.Orderly, clock: true, inject: jumpClock},
}

// between is a random time.
func between(random *rand.Rand, least, most time.Duration) time.Duration {
	return least + time.Duration(random.Int64N(int64(most-least)))
}

// repeat does something at random times, at least once, until load ends.
func repeat(load context.Context, random *rand.Rand, least, most time.Duration, do func() error) error {
	for {
		rig.Sleep(load, between(random, least, most))
		if err := do(); err != nil || load.Err() != nil {
			return err
		}
	}
}

// cutClients resets the connections of all clients.
func cutClients(_, load context.Context, st *stage, random *rand.Rand) error {
	return repeat(load, random, 300*time.Millisecond, 1500*time.Millisecond, func() error {
		if random.IntN(2) == 0 {
			st.gateway.Writers.Cut()
		}
		st.gateway.Readers.Cut()
		return nil
	})
}

// slowReaders lets no byte through to subscribers for a while, then few.
func slowReaders(_, load context.Context, st *stage, random *rand.Rand) error {
	defer st.gateway.Readers.Flow()
	return repeat(load, random, 200*time.Millisecond, 600*time.Millisecond, func() error {
		st.gateway.Readers.Stall()
		rig.Sleep(load, between(random, time.Second, 3*time.Second))
		st.gateway.Readers.Flow()
		st.gateway.Readers.Delay(between(random, time.Millisecond, 30*time.Millisecond))
		return nil
	})
}

// drain asks the gateway to end, and starts it again.
func drain(ctx, load context.Context, st *stage, random *rand.Rand) error {
	return repeat(load, random, time.Second, 2500*time.Millisecond, func() error {
		st.gateway.Drain()
		return st.gateway.Start(ctx)
	})
}

// killPause lets the groups of the embedded broker forget a dead member before the next one dies: a
// member that dies while it waits for others to join stays in its groups for a minute there. Apache
// Kafka forgets it after the session timeout.
const killPause = 8 * time.Second

// kill ends the gateway with SIGKILL, and starts it again.
func kill(ctx, load context.Context, st *stage, random *rand.Rand) error {
	least := 2 * time.Second
	for first := true; first || load.Err() == nil; first = false {
		rig.Sleep(load, between(random, least, least+3*time.Second))
		if !first && load.Err() != nil {
			return nil
		}
		st.gateway.Kill()
		rig.Sleep(ctx, between(random, 0, 500*time.Millisecond))
		if err := st.gateway.Start(ctx); err != nil {
			return err
		}
		if st.options.kafka != "real" {
			least = killPause
		}
	}
	return nil
}

// storm lets a second gateway, with readers of the same groups, join and leave every second.
func storm(ctx, load context.Context, st *stage, random *rand.Rand) error {
	for round := 0; load.Err() == nil; round++ {
		leave, err := st.join(ctx, round)
		if err != nil {
			return err
		}
		rig.Sleep(load, between(random, 500*time.Millisecond, 1500*time.Millisecond))
		leave()
	}
	return nil
}

// cutBroker resets the connections between gateway and broker: answers get lost on the way.
func cutBroker(_, load context.Context, st *stage, random *rand.Rand) error {
	return repeat(load, random, 100*time.Millisecond, time.Second, func() error {
		st.broker.Proxy.Cut()
		return nil
	})
}

// stallBroker lets nothing through between gateway and broker, shorter and longer than a publisher
// waits, and ends half of the stalls by a cut.
func stallBroker(ctx, load context.Context, st *stage, random *rand.Rand) error {
	defer st.broker.Proxy.Flow()
	return repeat(load, random, 500*time.Millisecond, 1500*time.Millisecond, func() error {
		st.broker.Proxy.Stall()
		rig.Sleep(ctx, between(random, 500*time.Millisecond, 4*time.Second))
		if random.IntN(2) == 0 {
			st.broker.Proxy.Cut()
		}
		st.broker.Proxy.Flow()
		return nil
	})
}

// killBroker ends the broker with SIGKILL, and starts it again.
func killBroker(ctx, load context.Context, st *stage, random *rand.Rand) error {
	rig.Sleep(load, between(random, time.Second, 2*time.Second))
	return st.broker.Restart(ctx, between(random, 0, 3*time.Second))
}

// How far the broker's clock jumps from that of the gateways. Kafka refuses records that are more than
// an hour ahead of it, so that a far jump backwards stops publishing.
const (
	nearJump = 50 * time.Minute
	farJump  = 20 * time.Hour
)

// jumpClock moves the broker's wall clock forwards and backwards, and home in the end.
func jumpClock(_, load context.Context, st *stage, random *rand.Rand) error {
	err := repeat(load, random, time.Second, 3*time.Second, func() error {
		furthest := nearJump
		if random.IntN(2) == 0 {
			furthest = farJump
		}
		return st.clock.Set(between(random, -furthest, furthest))
	})
	return errors.Join(err, st.clock.Set(0))
}
