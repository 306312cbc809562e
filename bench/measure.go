package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/penstock-dev/penstock/bench/internal/load"
	"github.com/penstock-dev/penstock/bench/internal/proc"
	"github.com/penstock-dev/penstock/bench/internal/report"
)

// loader puts load on one contestant for a time.
type loader interface {
	Run(ctx context.Context, length time.Duration) (load.Slice, error)
	Close() error
}

// entry is one contestant in a measurement.
type entry struct {
	*contestant
	loader  loader
	figures *report.Figures
}

// measure starts the contestants, lets them take their slices and adds them up.
func (r *rig) measure(ctx context.Context, s scenario) (result *report.Result, err error) {
	var entries []*entry
	defer func() {
		for _, e := range entries {
			err = errors.Join(err, e.loader.Close())
			e.process.Stop()
		}
	}()
	for _, name := range contestants {
		e, err := r.enter(ctx, s, name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		entries = append(entries, e)
	}
	if err := r.warmUp(ctx, entries); err != nil {
		return nil, err
	}
	result = &report.Result{Scenario: s.name, About: s.about, Unit: s.unit, Paced: s.rate > 0, Aim: s.aim}
	for _, e := range entries {
		result.Contestants = append(result.Contestants, e.figures)
	}
	stop, err := r.profile(ctx, s.name)
	if err != nil {
		return nil, err
	}
	return result, errors.Join(r.slices(ctx, entries, result), stop())
}

// enter starts a contestant and connects the load to it.
func (r *rig) enter(ctx context.Context, s scenario, name string) (*entry, error) {
	c, err := r.contestant(ctx, name)
	if err != nil {
		return nil, err
	}
	e := &entry{contestant: c, figures: &report.Figures{Name: name}}
	if s.rate == 0 {
		e.loader, err = load.NewLoop(c.address, s.connections, s.request, s.status, s.units)
	} else {
		err = r.openStreams(e, s)
	}
	if err != nil {
		c.process.Stop()
		return nil, err
	}
	return e, nil
}

// settle is how long a process may need until what it did for new connections is over.
const settle = time.Second

// openStreams opens the streams of a contestant and measures what they cost while nothing comes.
func (r *rig) openStreams(e *entry, s scenario) error {
	time.Sleep(settle)
	before, err := proc.Memory(e.process.PID())
	if err != nil {
		return err
	}
	topic := streamTopic(e.name)
	e.loader, err = load.OpenStreams(e.address, s.connections, s.request, s.rate, func(ctx context.Context, at time.Time) error {
		r.client.Produce(ctx, &kgo.Record{Topic: topic, Value: event(at.UnixNano())}, nil) // a lost one is missed at the other end
		return nil
	})
	if err != nil {
		return err
	}
	time.Sleep(settle)
	after, err := proc.Memory(e.process.PID())
	e.figures.BytesPerConnection = (after - before) / int64(s.connections)
	return err
}

// warmUp puts load on each contestant, longer the first time: it warms the broker too.
func (r *rig) warmUp(ctx context.Context, entries []*entry) error {
	length := r.options.warm
	if r.warmed {
		length = min(length, 2*time.Second)
	}
	r.warmed = true
	for _, e := range entries {
		if length == 0 {
			continue
		}
		s, err := e.loader.Run(ctx, length)
		if err != nil {
			return fmt.Errorf("%s: %w", e.name, err)
		}
		if s.Done == 0 {
			return fmt.Errorf("%s: nothing succeeded, %d failed", e.name, s.Failed)
		}
	}
	return nil
}

func (r *rig) slices(ctx context.Context, entries []*entry, result *report.Result) error {
	seed := uint64(time.Now().UnixNano())
	var elapsed time.Duration
	before, err := r.usage(entries)
	if err != nil {
		return err
	}
	began := time.Now()
	for _, round := range load.Schedule(r.options.rounds, len(entries), rand.New(rand.NewPCG(seed, seed))) {
		for _, i := range round {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := slice(ctx, entries[i], r.options.slice); err != nil {
				return fmt.Errorf("%s: %w", entries[i].name, err)
			}
		}
	}
	elapsed = time.Since(began)
	after, err := r.usage(entries)
	if err != nil {
		return err
	}
	result.Broker = (after.broker - before.broker).Seconds() / elapsed.Seconds()
	result.Foreign = max(0, (after.foreign-before.foreign).Seconds()/elapsed.Seconds())
	for _, e := range entries {
		if e.figures.Memory, err = proc.Memory(e.process.PID()); err != nil {
			return err
		}
	}
	return nil
}

// slice gives one contestant its turn.
func slice(ctx context.Context, e *entry, length time.Duration) error {
	before, err := proc.CPU(e.process.PID())
	if err != nil {
		return err
	}
	s, err := e.loader.Run(ctx, length)
	if err != nil {
		return err
	}
	after, err := proc.CPU(e.process.PID())
	if err != nil {
		return err
	}
	e.figures.Add(s, after-before)
	return nil
}

// usage is CPU time since some moment in the past.
type usage struct{ broker, foreign time.Duration }

// usage reads what the broker used, and what everything that is not part of the measurement did.
func (r *rig) usage(entries []*entry) (usage, error) {
	busy, err := proc.Busy()
	if err != nil {
		return usage{}, err
	}
	u := usage{foreign: busy}
	own := []int{os.Getpid()}
	for _, e := range entries {
		own = append(own, e.process.PID())
	}
	if r.broker.pid != 0 {
		if u.broker, err = proc.CPU(r.broker.pid); err != nil {
			return usage{}, err
		}
		u.foreign -= u.broker
	}
	for _, pid := range own {
		used, err := proc.CPU(pid)
		if err != nil {
			return usage{}, err
		}
		u.foreign -= used
	}
	return u, nil
}
