package pull

import (
	"slices"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/cursor"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// start is where the pull begins: at the cursor, else at the committed offsets. A partition
// without one that is higher than every partition with one was created later and begins at 0;
// any other begins by autoOffsetReset. A committed offset that the log does not have (any more)
// is the oldest.
func start(r qos.Reading, topics map[string]*cluster.Topic, commits cluster.Commits,
	from cursor.Cursor,
) (cursor.Position, error) {
	if err := check(from, r, topics); err != nil {
		return cursor.Position{}, err
	}
	var named []cursor.Topic
	for _, name := range slices.Compact(slices.Sorted(slices.Values(r.Topics))) {
		t := topics[name]
		if t == nil {
			if r.CheckTopic {
				return cursor.Position{}, cluster.MissingTopic(op, name)
			}
			t = &cluster.Topic{}
		}
		named = append(named, cursor.Topic{Name: name, ID: t.ID, Partitions: len(t.Partitions)})
	}
	at := cursor.Position{Layout: cursor.NewLayout(named)}
	for _, t := range at.Layout.Topics() {
		next, err := startTopic(r.Reset, t.Name, topics[t.Name], commits, from)
		if err != nil {
			return cursor.Position{}, err
		}
		at.Next = append(at.Next, next...)
	}
	return at, nil
}

// given is the cursor of a reading; zero at levels without ids.
func given(r qos.Reading) (cursor.Cursor, error) {
	if !r.Level.IDs() {
		return cursor.Cursor{}, nil
	}
	return cursor.Parse(r.Cursor)
}

// check refuses a cursor from which reading cannot go on without a gap.
func check(from cursor.Cursor, r qos.Reading, topics map[string]*cluster.Topic) error {
	if from.IsZero() {
		return nil
	}
	spans := make(cursor.Spans, len(r.Topics))
	for _, name := range r.Topics {
		spans[name] = nil
		if t := topics[name]; t != nil {
			for _, p := range t.Partitions {
				spans[name] = append(spans[name], cursor.Span{Start: p.Start, Stable: p.Stable, End: p.End})
			}
		}
	}
	return from.Within(spans)
}

func startTopic(reset qos.Reset, name string, t *cluster.Topic, commits cluster.Commits,
	from cursor.Cursor,
) ([]int64, error) {
	if t == nil {
		return nil, nil
	}
	highest := -1
	for id := range t.Partitions {
		if _, ok := commits.At(name, int32(id)); ok {
			highest = id
		}
	}
	next := make([]int64, len(t.Partitions))
	for id, p := range t.Partitions {
		if at, ok := from.Next(name, int32(id)); ok && !from.IsZero() {
			next[id] = at
			continue
		}
		offset, ok := commits.At(name, int32(id))
		switch {
		case ok && offset >= p.Start && offset <= p.End:
			next[id] = offset
		case ok && reset == qos.NoReset:
			return nil, core.NewError(core.CodeNoInitialOffset, "the committed offset is not in the log and autoOffsetReset is none")
		case ok, highest >= 0 && id > highest, reset == qos.Earliest:
			next[id] = p.Start
		case reset == qos.NoReset:
			return nil, core.NewError(core.CodeNoInitialOffset, "the group has no committed offset and autoOffsetReset is none")
		default:
			next[id] = p.Stable
		}
	}
	return next, nil
}
