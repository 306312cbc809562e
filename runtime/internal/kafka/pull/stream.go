package pull

import (
	"context"
	"errors"

	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/cursor"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/catchup"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// Stream is one pull that has its turn. Its methods are called by one goroutine.
type Stream struct {
	pulls     *Pulls
	reading   qos.Reading
	reader    *catchup.Reader
	commits   cluster.Commits // as they were when the pull began
	transform *qos.Transform
	release   func()
	ctx       context.Context //nolint:containedctx // handed to the hook, ends with Close
	cancel    context.CancelFunc

	track    *cursor.Track // taken from the reader, polled up to used
	used     int
	unseen   []sent          // batches not yet settled whole, oldest first
	frontier cursor.Position // of what may be committed
	given    cursor.Position // of what was polled
	err      error
}

// sent is a batch on its way: the records of a track from first on.
type sent struct {
	batch *qos.Batch
	track *cursor.Track
	first int
}

var _ qos.Stream = (*Stream)(nil)

// Poll implements qos.Stream.
func (s *Stream) Poll(limit int) (*qos.Batch, <-chan struct{}, error) {
	for s.err == nil {
		if s.track != nil {
			if b := s.next(limit); b != nil {
				return b, nil, nil
			}
			continue
		}
		track, ready, err := s.reader.Take()
		if err != nil {
			s.err = err
			break
		}
		if track == nil {
			return nil, ready, nil
		}
		s.track, s.used = track, 0
	}
	return nil, nil, s.err
}

// next takes a batch from the track; nil: there is none left in it, or the hook failed.
func (s *Stream) next(limit int) *qos.Batch {
	all := s.track.Records()
	first, end := s.used, len(all)
	if limit > 0 {
		end = min(end, first+limit)
	}
	if first == len(all) {
		s.given = s.track.To() // over offsets without records
		if len(s.unseen) == 0 {
			s.settled(s.given)
		}
		s.track = nil
		return nil
	}
	records := make([]*core.Record, 0, end-first)
	for _, r := range all[first:end] {
		changed, err := s.apply(r)
		if err != nil {
			s.err = err
			break
		}
		records = append(records, changed)
	}
	if len(records) == 0 {
		return nil
	}
	s.used += len(records)
	s.given = s.track.PositionAt(s.used)
	b := qos.NewBatch(records, s.ids(first))
	s.unseen = append(s.unseen, sent{b, s.track, first})
	return b
}

// ids are those of a batch of the track; nil at levels without ids.
func (s *Stream) ids(first int) qos.IDs {
	if !s.reading.Level.IDs() {
		return nil
	}
	return &window{s.track, first}
}

// window is a part of a track.
type window struct {
	track *cursor.Track
	first int
}

// AppendID implements qos.IDs.
func (w *window) AppendID(dst []byte, i int) []byte { return w.track.AppendID(dst, w.first+i) }

// settled moves the frontier, unless only the next pull's cursor does.
func (s *Stream) settled(to cursor.Position) {
	if !s.reading.AckCursor {
		s.frontier = to
	}
}

// apply calls the hook; nil without an error is a record that is skipped.
func (s *Stream) apply(r *core.Record) (*core.Record, error) {
	if s.transform == nil {
		return r, nil
	}
	changed, err := s.transform.Apply(s.ctx, r)
	if errors.Is(err, core.ErrSkip) {
		return nil, nil //nolint:nilnil // a batch has nil where a record is skipped
	}
	return changed, err
}

// Settle implements qos.Stream.
func (s *Stream) Settle(b *qos.Batch, n int) {
	for i, u := range s.unseen {
		if u.batch != b {
			continue
		}
		s.settled(u.track.PositionAt(u.first + n))
		if n < b.Len() {
			s.unseen = s.unseen[i:]
		} else {
			s.unseen = s.unseen[i+1:]
		}
		return
	}
}

// Ack implements qos.Stream as Settle up to the record: an answer is acknowledged as a whole.
func (s *Stream) Ack(b *qos.Batch, i int) bool {
	s.Settle(b, i+1)
	return true
}

// Holds implements qos.Stream: a pull has its group to itself.
func (s *Stream) Holds(*qos.Batch, int) bool { return true }

// Halt implements qos.Stream. A pull gives up on no record: it does nothing.
func (s *Stream) Halt(*qos.Batch, int) {}

// Cursor implements qos.Stream.
func (s *Stream) Cursor(dst []byte) []byte {
	if !s.reading.Level.IDs() {
		return dst
	}
	return s.given.Append(dst)
}

// Close implements qos.Stream: it commits what was settled and gives the turn to the next pull.
// The start of a partition without a committed offset is committed too: a group at `latest`
// goes on from where its first pull began, not from where the log ends by then.
func (s *Stream) Close(ctx context.Context) error {
	defer s.release()
	s.cancel()
	s.reader.Stop()
	if s.reading.AckCursor {
		return nil // Open committed all there is
	}
	return s.commit(ctx)
}

// commit commits where the frontier moved.
func (s *Stream) commit(ctx context.Context) error {
	moved := s.moved()
	if len(moved) == 0 {
		return nil
	}
	err := s.pulls.commit(ctx, s.reading.Group, moved)
	if s.reading.Pattern != nil && (errors.Is(err, kerr.UnknownTopicOrPartition) || errors.Is(err, kerr.UnknownTopicID)) {
		return nil // the topic was deleted meanwhile, the others are committed
	}
	return err
}

// moved lists where the frontier is not at the committed offset.
func (s *Stream) moved() []cluster.TopicCommit {
	var moved []cluster.TopicCommit
	for i, t := range s.frontier.Layout.Topics() {
		topic := cluster.TopicCommit{Topic: t.Name, ID: t.ID, Offsets: make(map[int32]int64)}
		for id := range int32(t.Partitions) {
			at := s.frontier.At(i, id)
			if old, ok := s.commits.At(t.Name, id); !ok || old != at {
				topic.Offsets[id] = at
			}
		}
		if len(topic.Offsets) > 0 {
			moved = append(moved, topic)
		}
	}
	return moved
}

// idle is a pull whose turn did not come.
type idle struct{ from cursor.Cursor }

// Poll has nothing, ever.
func (idle) Poll(int) (*qos.Batch, <-chan struct{}, error) { return nil, nil, nil }

// Settle has nothing to settle.
func (idle) Settle(*qos.Batch, int) {}

// Ack has nothing to settle.
func (idle) Ack(*qos.Batch, int) bool { return false }

// Holds has nothing to hold.
func (idle) Holds(*qos.Batch, int) bool { return false }

// Halt has nothing to stop.
func (idle) Halt(*qos.Batch, int) {}

// Cursor is the one that the pull came with.
func (i idle) Cursor(dst []byte) []byte { return i.from.Append(dst) }

// Close has nothing to free.
func (idle) Close(context.Context) error { return nil }
