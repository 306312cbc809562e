package main

import (
	"context"
	"fmt"
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
		ends, err := st.kafka.ends(ctx)
		if err != nil {
			return err
		}
		total := 0
		for _, end := range ends {
			total += int(end)
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

// missing lists the readers that do not have everything.
func (st *stage) missing(total int) []string {
	var out []string
	for _, r := range st.readers {
		if n := r.Received(); n < total {
			out = append(out, fmt.Sprintf("%s %s has %d of %d records", r.Via().Level, r.Via().Entrypoint, n, total))
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

// acknowledges says whether the readers of an entrypoint acknowledge by themselves.
func acknowledges(via ledger.Via) bool {
	return via.Level == endpoint.AtLeastOnce && via.Entrypoint != endpoint.SSE
}
