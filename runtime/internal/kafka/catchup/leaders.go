package catchup

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/penstock-dev/penstock/runtime/internal/cursor"
)

// leaders says which broker to ask for which partitions.
type leaders struct {
	brokers []int32 // sorted
	slots   map[int32][]slot
	seen    time.Time // zero: ask before the next fetch
	doubted bool
}

// directory keeps what one client learned of topics, for all its readers. Safe for concurrent use.
type directory struct {
	mu     sync.Mutex
	topics map[string]directoryEntry
}

type directoryEntry struct {
	topic *kmsg.MetadataResponseTopic // nil: does not exist
	seen  time.Time
}

// find gives the topics if all of them were seen not longer ago than age, and since when.
func (d *directory) find(layout *cursor.Layout, age time.Duration) (found map[string]*kmsg.MetadataResponseTopic, seen time.Time, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	seen = time.Now()
	found = make(map[string]*kmsg.MetadataResponseTopic, len(layout.Topics()))
	for _, t := range layout.Topics() {
		e, known := d.topics[t.Name]
		if !known || time.Since(e.seen) > age {
			return nil, seen, false
		}
		found[t.Name] = e.topic
		if e.seen.Before(seen) {
			seen = e.seen
		}
	}
	return found, seen, true
}

func (d *directory) store(layout *cursor.Layout, found map[string]*kmsg.MetadataResponseTopic) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := time.Now()
	for _, t := range layout.Topics() {
		d.topics[t.Name] = directoryEntry{found[t.Name], now}
	}
}

type slot struct {
	topic     int // index in the layout
	partition int32
}

// stale makes the next fetch ask Kafka itself, whatever other readers have learned.
func (l *leaders) stale() { l.seen, l.doubted = time.Time{}, true }

// refresh asks for the leaders when what is known is old. It carries the position over to the
// topics as they are now: new partitions, and topics that were made again, start at 0. A topic
// that is missing keeps its position, for it may be hidden only for a moment.
func (f *fetcher) refresh(ctx context.Context) error {
	if time.Since(f.known.seen) < f.cfg.TopicRefresh {
		return nil
	}
	if err := f.choose(ctx); err != nil {
		return err
	}
	found, seen, ok := f.directory.find(f.at.Layout, f.cfg.TopicRefresh)
	if !ok || f.known.doubted {
		var err error
		if found, err = f.metadata(ctx); err != nil {
			return err
		}
		f.directory.store(f.at.Layout, found)
		seen = time.Now()
	}
	topics := slices.Clone(f.at.Layout.Topics())
	for i := range topics {
		if t := found[topics[i].Name]; t != nil {
			topics[i].ID, topics[i].Partitions = t.TopicID, max(len(t.Partitions), keep(topics[i], t))
		}
	}
	f.moveTo(topics, f.at.Layout.Number())
	f.known = lead(f.at.Layout, found)
	f.known.seen = seen
	return nil
}

// choose follows a pattern: topics that appeared are read from their beginning, those that are
// gone are left. A listing that is not newer than the position's changes nothing.
func (f *fetcher) choose(ctx context.Context) error {
	if f.match == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, f.cfg.RequestTimeout)
	defer cancel()
	all, err := f.cfg.Catalog.List(ctx, f.cfg.TopicRefresh)
	if err != nil {
		return err
	}
	if all.Number <= f.at.Layout.Number() {
		return nil
	}
	var topics []cursor.Topic
	for _, name := range all.Names(f.match) {
		t := cursor.Topic{Name: name, ID: all.Topics[name].ID, Partitions: len(all.Topics[name].Partitions)}
		if i := f.at.Layout.Index(name); i >= 0 {
			t = f.at.Layout.Topics()[i] // whether it is another one now is seen with its leaders
		}
		topics = append(topics, t)
	}
	f.moveTo(topics, all.Number)
	return nil
}

// moveTo carries the position over to topics as they are now.
func (f *fetcher) moveTo(topics []cursor.Topic, number uint64) {
	layout := cursor.NewListed(topics, number)
	f.at = f.at.Over(cursor.Position{Layout: layout, Next: make([]int64, layout.Slots())})
}

// keep is the number of partitions that a topic had, 0 if it is another one now.
func keep(old cursor.Topic, now *kmsg.MetadataResponseTopic) int {
	if !old.ID.Same(now.TopicID) {
		return 0
	}
	return old.Partitions
}

// metadata asks the client itself, which thereby learns the addresses of the brokers.
func (f *fetcher) metadata(ctx context.Context) (map[string]*kmsg.MetadataResponseTopic, error) {
	ctx, cancel := context.WithTimeout(ctx, f.cfg.RequestTimeout)
	defer cancel()
	req := kmsg.NewPtrMetadataRequest()
	req.Topics = []kmsg.MetadataRequestTopic{}
	for _, t := range f.at.Layout.Topics() {
		rt := kmsg.NewMetadataRequestTopic()
		rt.Topic = kmsg.StringPtr(t.Name)
		req.Topics = append(req.Topics, rt)
	}
	resp, err := req.RequestWith(ctx, f.client)
	if err != nil {
		return nil, fmt.Errorf("list leaders: %w", err)
	}
	found := map[string]*kmsg.MetadataResponseTopic{}
	for i := range resp.Topics {
		t := &resp.Topics[i]
		err := kerr.ErrorForCode(t.ErrorCode)
		switch {
		case errors.Is(err, kerr.UnknownTopicOrPartition):
		case err != nil:
			return nil, fmt.Errorf("list leaders of topic %q: %w", *t.Topic, err)
		default:
			found[*t.Topic] = t
		}
	}
	return found, nil
}

func lead(layout *cursor.Layout, found map[string]*kmsg.MetadataResponseTopic) leaders {
	l := leaders{slots: map[int32][]slot{}}
	for i, topic := range layout.Topics() {
		t := found[topic.Name]
		if t == nil {
			continue
		}
		for _, p := range t.Partitions {
			if p.Leader < 0 || layout.Slot(i, p.Partition) < 0 {
				continue
			}
			if l.slots[p.Leader] == nil {
				l.brokers = append(l.brokers, p.Leader)
			}
			l.slots[p.Leader] = append(l.slots[p.Leader], slot{i, p.Partition})
		}
	}
	slices.Sort(l.brokers)
	return l
}
