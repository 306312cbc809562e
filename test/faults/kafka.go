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
	broker *rig.Broker
	topic  string
	client *kgo.Client
	admin  *kadm.Client
}

// openKafka makes the topic of a stage.
func openKafka(ctx context.Context, broker *rig.Broker, topic string) (*kafka, error) {
	client, err := broker.Client()
	if err != nil {
		return nil, err
	}
	k := &kafka{broker, topic, client, kadm.NewClient(client)}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	if _, err := k.admin.CreateTopic(ctx, partitions, 1, nil, topic); err != nil {
		client.Close()
		return nil, fmt.Errorf("create topic %q: %w", topic, err)
	}
	if err := k.served(ctx); err != nil {
		client.Close()
		return nil, err
	}
	return k, nil
}

// served waits until the broker serves the new topic: a record of level none that comes before is lost.
func (k *kafka) served(ctx context.Context) error {
	for {
		ends, err := k.ends(ctx)
		if err == nil && len(ends) == partitions {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("topic %q is not served: %w", k.topic, errors.Join(ctx.Err(), err))
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (k *kafka) close() { k.client.Close() }

// ends gives the end of each partition.
func (k *kafka) ends(ctx context.Context) (map[int32]int64, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	offsets, err := k.admin.ListEndOffsets(ctx, k.topic)
	if err == nil {
		err = offsets.Error()
	}
	if err != nil {
		return nil, fmt.Errorf("end of topic %q: %w", k.topic, err)
	}
	ends := map[int32]int64{}
	offsets.Each(func(o kadm.ListedOffset) { ends[o.Partition] = o.Offset })
	return ends, nil
}

// records reads the whole topic.
func (k *kafka) records(ctx context.Context) ([]ledger.Record, error) {
	ends, err := k.ends(ctx)
	if err != nil {
		return nil, err
	}
	missing := 0
	for _, end := range ends {
		missing += int(end)
	}
	reader, err := k.broker.Client(kgo.ConsumeTopics(k.topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	var out []ledger.Record
	for len(out) < missing {
		fetches := reader.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			return nil, fmt.Errorf("read topic %q, %d of %d records: %w", k.topic, len(out), missing, err)
		}
		for _, r := range fetches.Records() {
			var payload struct{ ID string }
			if err := json.Unmarshal(r.Value, &payload); err != nil {
				return nil, fmt.Errorf("record %s: %w", r.Value, err)
			}
			out = append(out, ledger.Record{ID: payload.ID, Place: ledger.Place{Partition: r.Partition, Offset: r.Offset}})
		}
	}
	return out, nil
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
