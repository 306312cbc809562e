package hub

import (
	"context"
	"errors"
	"time"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/cursor"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/catchup"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// patience is how long a stream that opens waits for a place among the catch-up readers.
const patience = time.Second

var errPoolFull = errors.New("all catch-up readers are busy")

// stream is one subscriber. It follows its feed, or catches up with it: then there is a reader,
// or it waits for one.
type stream struct {
	hub       *Hub
	feed      *feed
	transform *qos.Transform

	// Following the feed.
	live   bool
	number uint64 // of the next node
	filter bool   // the feed is behind at: leave out what is before it

	reader *catchup.Reader // catching up; nil while waiting for a place

	at   cursor.Position // after what was given, but for rest
	rest rest
	err  error // final
}

// rest is a batch that is being given out.
type rest struct {
	batch *qos.Batch
	track *cursor.Track
	given int
	to    cursor.Position // after the whole batch
	err   error           // after it
}

// begin joins the feed or starts to catch up.
func (s *stream) begin(ctx context.Context) error {
	joined, err := s.join()
	if joined || err != nil {
		return err
	}
	patient := time.NewTimer(patience)
	defer patient.Stop()
	for {
		freed, err := s.catchUp() //nolint:contextcheck // a reader outlives the request that opens it
		if freed == nil || err != nil {
			return err
		}
		select {
		case <-freed:
		case <-patient.C:
			return &core.Error{Code: core.CodeTooManyClients, Op: "catch up", RetryAfter: 1, Err: errPoolFull}
		case <-ctx.Done():
			return core.Wrap(core.CodeReadTimeout, "catch up", context.Cause(ctx))
		}
	}
}

// join follows the feed from the stream's position, if the ring reaches it.
func (s *stream) join() (bool, error) {
	number, in, ok, err := s.feed.join(s.at)
	if !ok || err != nil {
		return false, err
	}
	s.live, s.number, s.filter = true, number, !in
	if s.reader != nil {
		s.reader.Stop()
		s.reader = nil
	}
	return true, nil
}

// catchUp takes a reader, or gives a channel that is closed when there may be one.
func (s *stream) catchUp() (<-chan struct{}, error) {
	s.live = false
	reader, freed, err := s.hub.source.Open(s.at, s.feed.match)
	s.reader = reader
	return freed, err
}

// Poll implements qos.Stream.
func (s *stream) Poll(limit int) (*qos.Batch, <-chan struct{}, error) {
	for {
		if s.rest.batch != nil {
			if batch := s.give(limit); batch != nil {
				return batch, nil, nil
			}
			continue
		}
		if s.err != nil {
			return nil, nil, s.err
		}
		var wake <-chan struct{}
		if s.live {
			wake = s.follow()
		} else {
			wake = s.chase()
		}
		if wake != nil {
			return nil, wake, nil
		}
	}
}

// give hands out the rest of a batch or a part of it; the batch itself is shared by all its
// readers, a part is of this stream alone.
func (s *stream) give(limit int) *qos.Batch {
	r := &s.rest
	from, n := r.given, r.batch.Len()-r.given
	if limit > 0 {
		n = min(n, limit)
	}
	r.given += n
	batch, done := r.batch, r.given == r.batch.Len()
	if n < batch.Len() {
		batch = slice(batch, r.track, from, n)
	}
	if done {
		s.at, s.err = r.to, r.err
		s.rest = rest{}
	}
	if n == 0 {
		return nil
	}
	return batch
}

// follow takes the next node; it gives a channel when there is none.
func (s *stream) follow() <-chan struct{} {
	got := s.feed.read(s.number)
	switch {
	case got.gone:
		s.live = false
		return nil
	case got.err != nil:
		s.err = got.err
		return nil
	case got.node == nil:
		return got.wake
	}
	s.number++
	v, grown := got.node.view(s.transform)
	if grown > 0 {
		s.feed.grow(grown)
	}
	track := got.node.track
	s.rest = rest{batch: v.batch, track: track, to: track.To(), err: v.err}
	if s.filter {
		s.sieve(v)
	}
	return nil
}

// sieve leaves out the records that are before the position of the stream.
func (s *stream) sieve(v *view) {
	whole := s.rest.track
	at := s.at.Over(whole.From())
	track, kept := cursor.NewTrack(at), make([]*core.Record, 0, v.batch.Len())
	for run := range whole.Runs() {
		slot := at.Layout.Slot(at.Layout.Index(whole.From().Layout.Topics()[run.Topic].Name), run.Partition)
		if slot < 0 {
			continue // the topic is gone
		}
		next, first := at.Next[slot], run.First
		records := whole.Records()[first:run.End]
		for len(records) > 0 && records[0].Offset < next {
			records, first = records[1:], first+1
		}
		track.Add(slot, records, max(next, run.Next))
		for i := first; i < min(run.End, v.batch.Len()); i++ {
			kept = append(kept, v.batch.Record(i))
		}
	}
	to := track.To().Over(whole.To())
	s.rest = rest{batch: qos.NewBatch(kept, track), track: track, to: to, err: v.err}
	s.filter = !follows(whole.To(), to)
}

// chase reads on by a reader of its own until the feed can take over.
func (s *stream) chase() <-chan struct{} {
	joined, err := s.join()
	if err != nil {
		s.err = err
	}
	if joined || err != nil {
		return nil
	}
	if s.reader == nil {
		freed, err := s.catchUp()
		if err != nil {
			s.err = err
		}
		return freed
	}
	track, ready, err := s.reader.Take()
	switch {
	case err != nil:
		s.err = err
	case track != nil:
		s.rest = rest{batch: qos.NewBatch(track.Records(), track), track: track, to: track.To()}
		if s.transform != nil {
			v := transform(track, s.transform)
			s.rest.batch, s.rest.err = v.batch, v.err
		}
	}
	return ready
}

// Settle implements qos.Stream: at level none nothing is committed.
func (s *stream) Settle(*qos.Batch, int) {}

// Ack implements qos.Stream: there is nothing to settle at level none, and nobody else has the
// record.
func (s *stream) Ack(*qos.Batch, int) bool { return true }

// Holds implements qos.Stream: nobody else has the records of level none.
func (s *stream) Holds(*qos.Batch, int) bool { return true }

// Halt implements qos.Stream. Level none gives up on no record: it does nothing.
func (s *stream) Halt(*qos.Batch, int) {}

// Cursor implements qos.Stream. A stream that has read everything is where its feed is, which
// knows of new partitions, and of offsets without records, before there is a record to tell.
func (s *stream) Cursor(dst []byte) []byte {
	switch {
	case s.rest.given > 0:
		return s.rest.track.AppendID(dst, s.rest.given-1)
	case s.live && s.rest.batch == nil:
		if tail, ok := s.feed.endAt(s.number); ok && (!s.filter || follows(tail, s.at)) {
			return tail.Append(dst)
		}
	}
	return s.at.Append(dst)
}

// Close implements qos.Stream.
func (s *stream) Close(context.Context) error {
	if s.reader != nil {
		s.reader.Stop()
	}
	s.hub.leave(s.feed)
	return nil
}

// slice is a part of a batch with the ids it has in the whole.
func slice(b *qos.Batch, ids qos.IDs, from, n int) *qos.Batch {
	records := make([]*core.Record, n)
	for i := range records {
		records[i] = b.Record(from + i)
	}
	return qos.NewBatch(records, &window{ids, from})
}

type window struct {
	ids  qos.IDs
	from int
}

// AppendID implements qos.IDs.
func (w *window) AppendID(dst []byte, i int) []byte { return w.ids.AppendID(dst, w.from+i) }
