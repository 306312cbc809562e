package catchup

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/cursor"
)

// minPartitionBytes keeps the share of one partition in an answer worth a request.
const minPartitionBytes = 64 << 10

// fetcher holds a position and moves it by one request at a time. It is used by one goroutine.
type fetcher struct {
	cluster   Cluster
	client    *kgo.Client
	directory *directory // of the client
	unpack    kgo.Decompressor
	cfg       Config
	at        cursor.Position
	match     func(name string) bool // chooses topics; nil: those of the position
	known     leaders
	bytes     int32 // of the next answer: small at first, for those who want little
	turn      int   // rotates brokers and partitions, so that a full one does not starve the others
	failed    error // of a partition, while others moved: looked at before the next request
}

// newFetcher takes the decompressor of the client, which bounds what a batch may unpack to.
func newFetcher(c Cluster, client *kgo.Client, d *directory, cfg Config, at cursor.Position) fetcher {
	unpack, ok := client.OptValue(kgo.WithDecompressor).(kgo.Decompressor)
	if !ok {
		unpack = kgo.DefaultDecompressor()
	}
	return fetcher{cluster: c, client: client, directory: d, unpack: unpack, cfg: cfg, at: at, bytes: max(cfg.FetchBytes/4, 1)}
}

// fetch asks the leaders in turn until one answer moves the position. It gives nil at the end
// of the log.
func (f *fetcher) fetch(ctx context.Context) (*cursor.Track, error) {
	if err := f.settle(ctx); err != nil {
		return nil, err
	}
	if err := f.refresh(ctx); err != nil {
		return nil, err
	}
	f.turn++
	brokers := f.known.brokers
	for i := range brokers {
		broker := brokers[(f.turn+i)%len(brokers)]
		track, err := f.ask(ctx, broker)
		if err != nil {
			f.known.stale()
			return nil, err
		}
		if track != nil {
			f.at = track.To()
			f.bytes = min(2*f.bytes, f.cfg.FetchBytes)
			return track, nil
		}
	}
	return nil, nil
}

// ask sends one fetch request for all partitions that a broker leads.
func (f *fetcher) ask(ctx context.Context, broker int32) (*cursor.Track, error) {
	ctx, cancel := context.WithTimeout(ctx, f.cfg.RequestTimeout)
	defer cancel()
	answer, err := f.client.Broker(int(broker)).Request(ctx, f.request(broker))
	if err != nil {
		return nil, fmt.Errorf("fetch: %w", err)
	}
	resp, ok := answer.(*kmsg.FetchResponse)
	if !ok {
		return nil, fmt.Errorf("fetch: unexpected answer %T", answer)
	}
	if err := kerr.ErrorForCode(resp.ErrorCode); err != nil {
		return nil, fmt.Errorf("fetch: %w", err)
	}
	return f.read(ctx, resp)
}

// request asks without a fetch session and without waiting for records.
func (f *fetcher) request(broker int32) *kmsg.FetchRequest {
	req := kmsg.NewPtrFetchRequest()
	req.MaxBytes = f.bytes
	req.MinBytes = 1
	req.IsolationLevel = 1 // read committed
	slots := f.known.slots[broker]
	share := max(f.bytes/int32(len(slots)), minPartitionBytes)
	for i := range slots {
		slot := slots[(f.turn+i)%len(slots)]
		topic := &f.at.Layout.Topics()[slot.topic]
		rp := kmsg.NewFetchRequestTopicPartition()
		rp.Partition = slot.partition
		rp.FetchOffset = f.at.At(slot.topic, slot.partition)
		rp.PartitionMaxBytes = share
		if last := len(req.Topics) - 1; last >= 0 && req.Topics[last].Topic == topic.Name {
			req.Topics[last].Partitions = append(req.Topics[last].Partitions, rp)
			continue
		}
		rt := kmsg.NewFetchRequestTopic()
		rt.Topic, rt.TopicID = topic.Name, topic.ID
		rt.Partitions = append(rt.Partitions, rp)
		req.Topics = append(req.Topics, rt)
	}
	return req
}

// settle looks at what went wrong with a partition while the others moved, so that busy
// partitions do not hide one that is lost.
func (f *fetcher) settle(ctx context.Context) error {
	err := f.failed
	f.failed = nil
	switch {
	case err == nil:
		return nil
	case errors.Is(err, kerr.OffsetOutOfRange):
		err = f.outOfRange(ctx)
	}
	if retriable(err) {
		f.known.stale()
		return nil
	}
	return err
}

// read turns an answer into a track, nil when it moves nothing.
func (f *fetcher) read(ctx context.Context, resp *kmsg.FetchResponse) (*cursor.Track, error) {
	track, moved := cursor.NewTrack(f.at), false
	var failure error
	for i := range resp.Topics {
		rt := &resp.Topics[i]
		index := f.find(rt)
		if index < 0 {
			continue
		}
		for j := range rt.Partitions {
			next, err := f.readPartition(track, index, &rt.Partitions[j])
			if err != nil {
				failure = worse(failure, err)
			}
			moved = moved || next
		}
	}
	switch {
	case moved:
		f.failed = failure
		return track, nil
	case errors.Is(failure, kerr.OffsetOutOfRange):
		return nil, f.outOfRange(ctx)
	}
	return nil, failure
}

func (f *fetcher) readPartition(track *cursor.Track, index int, rp *kmsg.FetchResponseTopicPartition) (moved bool, err error) {
	topic := &f.at.Layout.Topics()[index]
	slot := f.at.Layout.Slot(index, rp.Partition)
	if slot < 0 {
		return false, nil
	}
	from := f.at.Next[slot]
	got, next := kgo.ProcessFetchPartition(kgo.ProcessFetchPartitionOpts{
		Offset: from, IsolationLevel: kgo.ReadCommitted(), Topic: topic.Name, Partition: rp.Partition,
	}, rp, f.unpack, nil)
	if next > from {
		track.Add(slot, Records(got.Records), next)
	}
	if got.Err != nil {
		return next > from, fmt.Errorf("fetch partition %d of topic %q: %w", rp.Partition, topic.Name, got.Err)
	}
	return next > from, nil
}

// find is the index of a topic of an answer, which newer versions name by id only.
func (f *fetcher) find(rt *kmsg.FetchResponseTopic) int {
	if rt.Topic != "" {
		return f.at.Layout.Index(rt.Topic)
	}
	return slices.IndexFunc(f.at.Layout.Topics(), func(t cursor.Topic) bool { return t.ID == rt.TopicID })
}

// worse keeps the error that decides: a final one before one that passes.
func worse(a, b error) error {
	rank := func(err error) int {
		switch {
		case err == nil:
			return 0
		case retriable(err):
			return 1
		}
		return 2
	}
	if cmp.Less(rank(a), rank(b)) {
		return b
	}
	return a
}

// outOfRange finds out why the broker has nothing at the position. A topic that was made again
// is seen by the next refresh; otherwise the log was deleted past the position, or cut before it.
func (f *fetcher) outOfRange(ctx context.Context) error {
	found, err := f.cluster.Offsets(ctx, f.names()...)
	if err != nil {
		return err
	}
	spans := cursor.Spans{}
	for _, t := range f.at.Layout.Topics() {
		spans[t.Name] = nil
		topic := found[t.Name]
		if topic == nil || (t.Partitions > 0 && !t.ID.Same(topic.ID)) {
			return kerr.UnknownTopicID
		}
		for _, p := range topic.Partitions {
			spans[t.Name] = append(spans[t.Name], cursor.Span(p))
		}
	}
	if err := f.at.Cursor().Within(spans); err != nil {
		return err
	}
	return kerr.OffsetNotAvailable // back in range meanwhile
}

func (f *fetcher) names() []string {
	var names []string
	for _, t := range f.at.Layout.Topics() {
		names = append(names, t.Name)
	}
	return names
}

// retriable reports whether trying again can help: anything but what Kafka says is final, and
// what is wrong with the position.
func retriable(err error) bool {
	var known *core.Error
	if errors.As(err, &known) {
		return known.Code == core.CodeBrokerUnavailable || known.Code == core.CodeReadTimeout
	}
	var answer *kerr.Error
	if errors.As(err, &answer) {
		return answer.Retriable || errors.Is(answer, kerr.OffsetOutOfRange)
	}
	return !errors.Is(err, kgo.ErrMaxDecompress) && !errors.Is(err, kgo.ErrClientClosed)
}
