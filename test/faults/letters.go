package main

import (
	"context"
	"fmt"
	"strconv"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/penstock-dev/penstock/test/faults/internal/ledger"
)

// letters gives what is in the dead letter topic.
func (k *kafka) letters(ctx context.Context) ([]ledger.Letter, error) {
	all, err := k.read(ctx, k.deadLetters)
	if err != nil {
		return nil, err
	}
	var out []ledger.Letter
	for _, r := range all {
		letter, err := letterOf(r, k.topic)
		if err != nil {
			return nil, fmt.Errorf("dead letter %s, headers %v: %w", r.Value, r.Headers, err)
		}
		out = append(out, *letter)
	}
	return out, nil
}

// letterOf reads a dead letter of a topic, and the headers that the gateway gave it.
func letterOf(r *kgo.Record, topic string) (*ledger.Letter, error) {
	id, err := idOf(r)
	if err != nil {
		return nil, err
	}
	values := map[string]string{}
	for _, h := range r.Headers {
		values[h.Key] = string(h.Value)
	}
	if values["penstock-topic"] != topic {
		return nil, fmt.Errorf("it is not of topic %q", topic)
	}
	partition, err := strconv.ParseInt(values["penstock-partition"], 10, 32)
	if err != nil {
		return nil, err
	}
	offset, err := strconv.ParseInt(values["penstock-offset"], 10, 64)
	if err != nil {
		return nil, err
	}
	deliveries, err := strconv.Atoi(values["penstock-deliveries"])
	if err != nil {
		return nil, err
	}
	return &ledger.Letter{ID: id, Origin: ledger.Place{Partition: int32(partition), Offset: offset}, Deliveries: deliveries}, nil
}
