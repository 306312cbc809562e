package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/test/faults/internal/client"
	"github.com/penstock-dev/penstock/test/faults/internal/ledger"
	"github.com/penstock-dev/penstock/test/faults/internal/rig"
)

// stage is one run of one fault: a new topic, a gateway, publishers of every level over every
// entrypoint, and readers likewise.
type stage struct {
	*series
	fault fault
	seed  uint64
	log   *ledger.Ledger

	topic   string
	kafka   *kafka
	clock   *rig.Clock // the broker's, where the fault moves it
	gateway *rig.Gateway
	readers []*ledger.Reader
	letters []ledger.Letter // the dead letters, as they were read last
}

const (
	pace    = 60 * time.Millisecond // between two messages of a publisher
	padding = 8 << 10               // bytes of a long message
)

func (st *stage) run(ctx context.Context) (err error) {
	begin := time.Now()
	if st.fault.clock {
		if st.clock, err = st.broker.FakeClock(ctx); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, st.clock.Close(ctx)) }()
	}
	st.topic = fmt.Sprintf("faults-%d", st.seed)
	if st.kafka, err = openKafka(ctx, st.broker, st.topic); err != nil {
		return err
	}
	defer st.kafka.close()
	name := fmt.Sprintf("gateway-%s-%d", st.fault.name, st.seed)
	if st.gateway, err = rig.NewGateway(st.dir, name, st.setting()); err != nil {
		return err
	}
	defer st.gateway.Close()
	if err := st.gateway.Start(ctx); err != nil {
		return err
	}
	records, err := st.traffic(ctx)
	if err != nil {
		return err
	}
	st.judge(st, st.log.Check(records, st.letters, st.fault.harm), time.Since(begin))
	return nil
}

// setting is that of all gateways of the stage.
func (st *stage) setting() rig.Setting {
	return rig.Setting{
		Brokers: st.broker.Proxy.Address(), Topic: st.kafka.topic, DeadLetters: st.kafka.deadLetters,
		GroupProtocol: st.fault.groupProtocol,
	}
}

// traffic lets messages flow, injects the fault, and gives what is in Kafka once all is quiet. The
// gateway is drained then, and commits were taken down.
func (st *stage) traffic(ctx context.Context) ([]ledger.Record, error) {
	reading, endReading := context.WithCancel(ctx)
	var readers, writers sync.WaitGroup
	defer readers.Wait()
	defer endReading()
	st.subscribe(reading, &readers)
	watching, endWatching := context.WithCancel(ctx)
	var watcher sync.WaitGroup
	watcher.Go(func() { st.watchCommits(watching) })
	defer watcher.Wait()
	defer endWatching()

	load, endLoad := context.WithTimeout(ctx, st.load)
	defer endLoad()
	st.publish(load, &writers)
	err := st.fault.inject(ctx, load, st, rand.New(rand.NewPCG(st.seed, 1)))
	endLoad()
	writers.Wait()
	if err != nil {
		return nil, err
	}
	if err := st.settle(ctx); err != nil {
		return nil, err
	}
	endWatching()
	watcher.Wait()
	st.gateway.Drain()
	endReading()
	readers.Wait()
	records, err := st.kafka.records(ctx)
	if err != nil {
		return nil, err
	}
	if err := st.readLetters(ctx); err != nil {
		return nil, err
	}
	if err := st.checkGroups(ctx); err != nil {
		return nil, err
	}
	return records, st.commits(ctx, true)
}

// publish starts a publisher for each level and entrypoint.
func (st *stage) publish(ctx context.Context, owned *sync.WaitGroup) {
	for _, level := range endpoint.Levels() {
		for _, kind := range []endpoint.Kind{endpoint.HTTPPost, endpoint.WebSocket} {
			p := &client.Publisher{
				Ledger: st.log, Via: ledger.Via{Entrypoint: kind, Level: level}, Address: st.gateway.Writers.Address(),
				Name: fmt.Sprintf("%s-%s", level, kind), Every: pace,
			}
			if st.fault.heavy {
				p.Padding = padding
			}
			send := p.Post
			if kind == endpoint.WebSocket {
				send = p.Socket
			}
			owned.Go(func() { send(ctx) })
		}
	}
}

// subscribe starts a reader for each level and entrypoint, and one that nacks.
func (st *stage) subscribe(ctx context.Context, owned *sync.WaitGroup) {
	for _, level := range endpoint.Levels() {
		for _, kind := range []endpoint.Kind{endpoint.SSE, endpoint.WebSocket, endpoint.HTTPGet} {
			st.readers = append(st.readers, st.log.Reader(fmt.Sprintf("%s-%d", kind, st.seed), ledger.Via{Entrypoint: kind, Level: level}))
		}
	}
	via := ledger.Via{Entrypoint: endpoint.WebSocket, Level: endpoint.AtLeastOnce}
	st.readers = append(st.readers, st.log.NackingReader(fmt.Sprintf("nacking-%d", st.seed), via))
	for _, r := range st.readers {
		s := st.subscriber(r, st.gateway, fmt.Sprintf("%s-%s", r.Via().Level, r.Name()))
		owned.Go(func() { s.Run(ctx) })
	}
}

func (st *stage) subscriber(r *ledger.Reader, g *rig.Gateway, name string) *client.Subscriber {
	return &client.Subscriber{
		Ledger: st.log, Reader: r, Address: g.Readers.Address(), Name: name, Rand: rand.New(rand.NewPCG(st.seed, uint64(len(name)))),
	}
}

// join starts a second gateway with one more reader of each group that has members. leave drains
// it; its readers read what they are still given.
func (st *stage) join(ctx context.Context, round int) (leave func(), err error) {
	g, err := rig.NewGateway(st.dir, fmt.Sprintf("%s-second-%d", st.topic, round), st.setting())
	if err != nil {
		return nil, err
	}
	if err := g.Start(ctx); err != nil {
		g.Close()
		return nil, err
	}
	var owned sync.WaitGroup
	for _, r := range st.readers {
		via := r.Via()
		if !via.Level.Group() || via.Entrypoint == endpoint.HTTPGet {
			continue
		}
		s := st.subscriber(r, g, fmt.Sprintf("%s-%s-second-%d", via.Level, r.Name(), round))
		s.Once = true
		owned.Go(func() { s.Run(ctx) })
	}
	return func() {
		g.Drain()
		owned.Wait()
		g.Close()
	}, nil
}
