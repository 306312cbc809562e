package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/penstock-dev/penstock/test/faults/internal/ledger"
	"github.com/penstock-dev/penstock/test/faults/internal/rig"
)

// partitions of each topic: fewer than publishers, more than members of a group.
const partitions = 4

// kafka is what is really in Kafka, read past gateway and proxy.
type kafka struct {
	broker      *rig.Broker
	topic       string
	deadLetters string // a topic too
	client      *kgo.Client
	admin       *kadm.Client
}

// openKafka makes the topics of a stage.
func openKafka(ctx context.Context, broker *rig.Broker, topic string) (*kafka, error) {
	client, err := broker.Client()
	if err != nil {
		return nil, err
	}
	k := &kafka{broker, topic, topic + "-dead", client, kadm.NewClient(client)}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for _, name := range []string{k.topic, k.deadLetters} {
		if err := k.create(ctx, name); err != nil {
			client.Close()
			return nil, err
		}
	}
	return k, nil
}

// create makes a topic, and waits until the broker serves it: a record of level none that comes
// before is lost.
func (k *kafka) create(ctx context.Context, topic string) error {
	if _, err := k.admin.CreateTopic(ctx, partitions, 1, nil, topic); err != nil {
		return fmt.Errorf("create topic %q: %w", topic, err)
	}
	for {
		ends, err := k.ends(ctx, topic)
		if err == nil && len(ends) == partitions {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("topic %q is not served: %w", topic, errors.Join(ctx.Err(), err))
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (k *kafka) close() { k.client.Close() }

// ends gives the end of each partition of a topic.
func (k *kafka) ends(ctx context.Context, topic string) (map[int32]int64, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	offsets, err := k.admin.ListEndOffsets(ctx, topic)
	if err == nil {
		err = offsets.Error()
	}
	if err != nil {
		return nil, fmt.Errorf("end of topic %q: %w", topic, err)
	}
	ends := map[int32]int64{}
	offsets.Each(func(o kadm.ListedOffset) { ends[o.Partition] = o.Offset })
	return ends, nil
}

// size is the number of records of a topic.
func (k *kafka) size(ctx context.Context, topic string) (int, error) {
	ends, err := k.ends(ctx, topic)
	if err != nil {
		return 0, err
	}
	total := 0
	for _, end := range ends {
		total += int(end)
	}
	return total, nil
}

// read gives all records of a topic.
func (k *kafka) read(ctx context.Context, topic string) ([]*kgo.Record, error) {
	size, err := k.size(ctx, topic)
	if err != nil {
		return nil, err
	}
	reader, err := k.broker.Client(kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	var out []*kgo.Record
	for len(out) < size {
		fetches := reader.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			return nil, fmt.Errorf("read topic %q, %d of %d records: %w", topic, len(out), size, err)
		}
		out = append(out, fetches.Records()...)
	}
	return out, nil
}

// records gives what is in the topic.
func (k *kafka) records(ctx context.Context) ([]ledger.Record, error) {
	all, err := k.read(ctx, k.topic)
	if err != nil {
		return nil, err
	}
	var out []ledger.Record
	for _, r := range all {
		id, err := idOf(r)
		if err != nil {
			return nil, err
		}
		out = append(out, ledger.Record{ID: id, Place: ledger.Place{Partition: r.Partition, Offset: r.Offset}})
	}
	return out, nil
}

// idOf gives the id that a publisher wrote into a record.
func idOf(r *kgo.Record) (string, error) {
	var payload struct{ ID string }
	if err := json.Unmarshal(r.Value, &payload); err != nil {
		return "", fmt.Errorf("record %s: %w", r.Value, err)
	}
	return payload.ID, nil
}

// committed gives the committed offsets of the group of an operation, written in lower case, and a
// reader's name.
func (k *kafka) committed(ctx context.Context, operation, name string) (map[int32]int64, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	groups, err := k.admin.ListGroups(ctx)
	if err != nil {
		return nil, fmt.Errorf("list groups: %w", err)
	}
	out := map[int32]int64{}
	for _, group := range groups.Groups() {
		if !strings.HasPrefix(strings.ToLower(group), "faults."+operation+".") || !strings.HasSuffix(group, "."+name) {
			continue
		}
		offsets, err := k.admin.FetchOffsets(ctx, group)
		if err != nil {
			return nil, fmt.Errorf("offsets of group %q: %w", group, err)
		}
		offsets.Each(func(o kadm.OffsetResponse) {
			if o.Topic == k.topic && o.At >= 0 {
				out[o.Partition] = o.At
			}
		})
	}
	return out, nil
}

// serverSideGroups lists the groups whose partitions the broker assigns (KIP-848).
func (k *kafka) serverSideGroups(ctx context.Context) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	groups, err := k.admin.ListGroupsByType(ctx, []string{serverSide})
	if err != nil {
		return nil, fmt.Errorf("list groups that the broker assigns: %w", err)
	}
	return groups.Groups(), nil
}
