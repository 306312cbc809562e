// Package dev runs documents while they are being written: an embedded Kafka, the gateway, and a
// loop that generates, builds and restarts when a file changes.
package dev

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/penstock-dev/penstock/cmd/penstock/internal/broker"
	"github.com/penstock-dev/penstock/cmd/penstock/internal/project"
	"github.com/penstock-dev/penstock/generator"
)

// Options says what to run.
type Options struct {
	Files     []string
	Workspace project.Workspace // closed by Run
	Topics    []broker.Topic    // beside those of the documents
	// Listen, Admin and Kafka are addresses. One that is taken is replaced by a free one on the
	// same host, unless Fixed names its flag (listen, admin-listen, kafka-listen).
	Listen, Admin, Kafka string
	Fixed                map[string]bool
	DataDir              string    // of the embedded Kafka; "" keeps nothing
	Config               string    // of the gateway; "" for none
	Watch                bool      // rebuild when a file changes
	Output               io.Writer // what the gateway writes
}

// Console is where the loop tells what it does.
type Console interface {
	Say(format string, args ...any)
	Issues(issues []generator.Issue)
	Removed(out string, removed []generator.Removed, files []string)
	Fail(err error)
	Good(text string) string
}

// errBroken says that what the files hold does not run; the reasons were told already.
var errBroken = errors.New("the gateway does not run")

// session is one call of Run.
type session struct {
	Options
	console Console
	broker  *broker.Broker
	bin     string // folder of the binaries
	builds  int
	running *gateway // nil while none runs
	good    *build   // the last build that became ready
	greeted bool
}

// Run runs the documents until ctx ends. Mistakes in files do not end it, unless it does not
// watch; faults of the machine do, as an address that is taken.
func Run(ctx context.Context, o Options, console Console) (err error) {
	defer func() { err = errors.Join(err, o.Workspace.Close()) }()
	s := &session{Options: o, console: console}
	if s.bin, err = os.MkdirTemp("", "penstock-dev-"); err != nil {
		return fmt.Errorf("make a folder for binaries: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(s.bin)) }()
	if err := s.chooseAddresses(ctx); err != nil {
		return err
	}
	if s.broker, err = broker.Start(broker.Options{Listen: s.Kafka, Topics: o.Topics, DataDir: o.DataDir}); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.broker.Close()) }()
	defer func() { s.running.stop() }()
	return s.loop(ctx)
}

// loop works through the changes, one at a time.
func (s *session) loop(ctx context.Context) error {
	var changes <-chan struct{} // nil, and so silent, when nothing is watched
	if s.Watch {
		w, err := watch(s.watched())
		if err != nil {
			return err
		}
		defer w.close()
		changes = w.changes
	}
	for {
		err := s.cycle(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, errBroken) && s.Watch:
			s.tellBroken()
		case err != nil:
			return err
		}
		if err := s.wait(ctx, changes); err != nil || ctx.Err() != nil {
			return err
		}
	}
}

// wait returns when something is to be done again. A gateway that ends by itself is told, and
// waits for a change, or is an error where nothing is watched.
func (s *session) wait(ctx context.Context, changes <-chan struct{}) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-changes:
			return nil
		case <-s.running.ended():
			s.console.Fail(fmt.Errorf("the gateway ended: %w", s.running.err()))
			s.running = nil
			if !s.Watch {
				return errBroken
			}
			s.console.Say("waiting for a change")
		}
	}
}

func (s *session) tellBroken() {
	if s.running != nil {
		s.console.Say("the last good gateway goes on; waiting for a change")
		return
	}
	s.console.Say("waiting for a change")
}

// cycle brings what the files hold to life.
func (s *session) cycle(ctx context.Context) error {
	start := time.Now()
	next, err := s.prepare(ctx)
	if err != nil {
		return err
	}
	if s.running != nil && next.same(s.good) {
		s.console.Say("nothing changed for the gateway")
		return nil
	}
	if err := s.replace(ctx, next); err != nil {
		return err
	}
	s.tellReady(next, time.Since(start))
	return nil
}

// prepare generates and builds. Errors: errBroken, or a fault of the machine.
func (s *session) prepare(ctx context.Context) (*build, error) {
	options := generator.Options{Out: s.Workspace.Out(), Module: s.Workspace.Module, Root: s.Workspace.Root}
	result, err := generator.Generate(ctx, options, s.Files...)
	if err != nil {
		return nil, err
	}
	s.console.Issues(result.Issues)
	if generator.Failed(result.Issues) {
		return nil, errBroken
	}
	s.console.Removed(options.Out, result.Removed, s.Files)
	variables, err := redirect(result.Explanations, s.broker.Addr())
	if err != nil {
		return nil, err
	}
	if err := s.ensureTopics(result.Topics); err != nil {
		return nil, err
	}
	if s.good == nil {
		s.console.Say("building the gateway (the first time takes a minute)")
	}
	s.builds++
	binary := filepath.Join(s.bin, fmt.Sprintf("gateway-%d", s.builds))
	// The state of a repository around would cost time, and make equal builds differ.
	err = s.Workspace.Build(ctx, binary, "-buildvcs=false")
	var refused *project.BuildError
	if errors.As(err, &refused) {
		s.console.Fail(refused)
		return nil, errBroken
	}
	if err != nil {
		return nil, err
	}
	return newBuild(binary, variables, result.Explanations)
}

func (s *session) ensureTopics(named []generator.Topic) error {
	var topics []broker.Topic
	for _, topic := range named {
		topics = append(topics, broker.Topic(topic))
	}
	return s.broker.Ensure(topics)
}

// replace ends the running gateway and starts another one; when that does not become ready, the
// last good one comes back.
func (s *session) replace(ctx context.Context, next *build) error {
	s.running.stop()
	s.running = nil
	started, err := s.start(ctx, next)
	if err == nil {
		s.running = started
		if s.good != nil && s.good.binary != next.binary {
			_ = os.Remove(s.good.binary) // with the whole folder at the end otherwise
		}
		s.good = next
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	s.console.Fail(fmt.Errorf("the gateway does not start: %w", err))
	if s.good == nil {
		return errBroken
	}
	back, err := s.start(ctx, s.good)
	if err != nil {
		s.console.Fail(fmt.Errorf("the last good gateway does not start again: %w", err))
		return errBroken
	}
	s.running = back
	return errBroken
}
