package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/test/faults/internal/ledger"
	"github.com/penstock-dev/penstock/test/faults/internal/rig"
)

const (
	look      = 250 * time.Millisecond
	stillness = 2 * time.Second  // of the topic: a record whose outcome is unknown may still arrive
	quiet     = 6 * time.Second  // without a delivery
	mostWait  = 90 * time.Second // for a run to settle
)

// settle waits until the topic does not grow and every reader has everything, or nothing happens
// any more.
func (st *stage) settle(ctx context.Context) error {
	begin := time.Now()
	grew, came := begin, begin
	patience := quiet + st.fault.rest
	if st.options.kafka == "real" {
		patience += st.fault.rest // a member that was killed while it waited for a dead one times out after it
	}
	size, deliveries := -1, -1
	for ctx.Err() == nil && time.Since(begin) < mostWait {
		total, err := st.kafka.size(ctx, st.kafka.topic)
		if err != nil {
			return err
		}
		if err := st.readLetters(ctx); err != nil {
			return err
		}
		if total != size {
			size, grew = total, time.Now()
		}
		if n := st.log.Deliveries(); n != deliveries {
			deliveries, came = n, time.Now()
		}
		missing := st.missing(total)
		if time.Since(grew) > stillness && (len(missing) == 0 || time.Since(came) > patience) {
			for _, text := range missing {
				st.log.Note(text)
			}
			st.log.Note(fmt.Sprintf("settled after %.1f s", time.Since(begin).Seconds()))
			return nil
		}
		rig.Sleep(ctx, look)
	}
	return ctx.Err()
}

// readLetters reads the dead letters when there are more.
func (st *stage) readLetters(ctx context.Context) error {
	n, err := st.kafka.size(ctx, st.kafka.deadLetters)
	if err == nil && n != len(st.letters) {
		st.letters, err = st.kafka.letters(ctx)
	}
	return err
}

// missing lists the readers that do not have everything.
func (st *stage) missing(total int) []string {
	var out []string
	for _, r := range st.readers {
		if n := r.Done(st.letters); n < total {
			out = append(out, fmt.Sprintf("%s %s %s has %d of %d records", r.Via().Level, r.Via().Entrypoint, r.Name(), n, total))
		}
	}
	return out
}

// watchCommits takes down commits while messages flow. A broker that is away is looked at again.
func (st *stage) watchCommits(ctx context.Context) {
	for ctx.Err() == nil {
		if err := st.commits(ctx, false); err != nil && ctx.Err() == nil {
			st.log.Note(err.Error())
		}
		rig.Sleep(ctx, time.Second)
	}
}

// commits takes down the committed offsets of the readers' groups. What only counts as
// acknowledged because it came may be on its way still: those readers are looked at when all is
// over.
func (st *stage) commits(ctx context.Context, over bool) error {
	for _, r := range st.readers {
		if !r.Via().Level.Group() || !over && !acknowledges(r.Via()) {
			continue
		}
		operation := "read" + strings.ReplaceAll(strings.ToLower(string(r.Via().Level)), "-", "")
		offsets, err := st.kafka.committed(ctx, operation, r.Name())
		if err != nil {
			return err
		}
		for partition, offset := range offsets {
			r.Commit(partition, offset)
		}
	}
	return nil
}

// checkGroups looks whether brokers assigned the partitions of groups where the stage is about that:
// gateways fall back to classic groups when a broker cannot.
func (st *stage) checkGroups(ctx context.Context) error {
	if st.fault.groupProtocol != serverSide {
		return nil
	}
	groups, err := st.kafka.serverSideGroups(ctx)
	if err != nil {
		return err
	}
	for _, r := range st.readers {
		member := r.Via().Level.Group() && r.Via().Entrypoint != endpoint.HTTPGet // which is a simple consumer at most levels
		of := func(group string) bool { return strings.HasSuffix(group, "."+r.Name()) }
		if member && !slices.ContainsFunc(groups, of) {
			return fmt.Errorf("the broker assigns no partitions to the group of %s %s", r.Via().Level, r.Name())
		}
	}
	return nil
}

// acknowledges says whether the readers of an entrypoint acknowledge by themselves.
func acknowledges(via ledger.Via) bool {
	return via.Level == endpoint.AtLeastOnce && via.Entrypoint != endpoint.SSE
}
