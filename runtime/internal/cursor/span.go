package cursor

import (
	"fmt"
	"slices"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// Span says what the log of one partition holds.
type Span struct {
	Start  int64 // the first offset
	Stable int64 // the last stable offset: where a reader of committed records ends
	End    int64 // the high watermark
}

// Spans are the partitions of the topics of a subscription. A topic that does not exist has
// an entry without partitions.
type Spans map[string][]Span

// Within checks that reading can resume from the cursor without a gap: log start ≤ offset + 1
// ≤ high watermark for every partition, those not named and therefore new included.
//
// Errors are CodeInvalidCursor for a position outside the subscription or beyond the end, and
// CodeCursorGone below the log; Oldest is then this cursor, moved up where it has to be.
func (c Cursor) Within(spans Spans) error {
	for _, t := range c.topics {
		if t.endpoint != "" {
			return invalid("the cursor names endpoint %q, which this operation does not read", t.endpoint)
		}
		if t.name == "" {
			continue
		}
		logs, ok := spans[t.name]
		if !ok {
			return invalid("the cursor names topic %q, which this operation does not read", t.name)
		}
		for _, p := range t.partitions {
			var end int64 // a partition that does not exist yet is an empty one
			if int(p.id) < len(logs) {
				end = logs[p.id].End
			}
			if p.offset+1 > end {
				return invalid("the cursor is beyond the end of partition %d of topic %q: it says offset %d, the next one to be written is %d",
					p.id, t.name, p.offset, end)
			}
		}
	}
	return c.above(spans)
}

// above checks the lower bound.
func (c Cursor) above(spans Spans) error {
	oldest, gap := c, ""
	for _, name := range sortedNames(spans) {
		for id, span := range spans[name] {
			next, ok := c.Next(name, int32(id))
			if !ok || next >= span.Start {
				continue
			}
			if gap == "" {
				gap = fmt.Sprintf("the cursor is older than the log: partition %d of topic %q starts at offset %d", id, name, span.Start)
			}
			oldest = oldest.with(name, int32(id), span.Start-1)
		}
	}
	if gap == "" {
		return nil
	}
	return &core.Error{Code: core.CodeCursorGone, Op: "check cursor", Detail: gap, Oldest: oldest.String()}
}

func sortedNames(spans Spans) []string {
	names := make([]string, 0, len(spans))
	for name := range spans {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func invalid(format string, args ...any) error {
	return &core.Error{Code: core.CodeInvalidCursor, Op: "check cursor", Detail: fmt.Sprintf(format, args...)}
}
