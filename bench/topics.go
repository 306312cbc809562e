package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

const (
	eventsTopic  = "bench.events"
	recordsTopic = "bench.records"
)

// streamTopic is the topic of one contestant's streams: only the one whose slice it is gets
// messages.
func streamTopic(contestant string) string { return "bench.stream." + contestant }

// makeTopics creates the topics and fills the one that is read. made are those that it created,
// with an error too: the others belong to somebody else.
func makeTopics(ctx context.Context, client *kgo.Client) (made []string, err error) {
	admin := kadm.NewClient(client)
	topics := []string{eventsTopic, recordsTopic}
	for _, name := range contestants {
		topics = append(topics, streamTopic(name))
	}
	for _, topic := range topics {
		partitions := int32(1)
		if topic == eventsTopic {
			partitions = 6
		}
		if err := createTopic(ctx, admin, topic, partitions); err != nil {
			return made, fmt.Errorf("create topic %q: %w", topic, err)
		}
		made = append(made, topic)
	}
	var records []*kgo.Record
	for range pageSize {
		records = append(records, &kgo.Record{Topic: recordsTopic, Value: event(time.Now().UnixNano())})
	}
	return made, client.ProduceSync(ctx, records...).FirstErr()
}

// createTopic waits for a broker that is still starting.
func createTopic(ctx context.Context, admin *kadm.Client, topic string, partitions int32) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	_, err := admin.CreateTopic(ctx, partitions, -1, nil, topic)
	if errors.Is(err, kerr.TopicAlreadyExists) {
		return fmt.Errorf("%w: another run left it, or is using this broker", err)
	}
	return err
}

// removeTopics leaves the broker as it was.
func removeTopics(client *kgo.Client, topics []string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	answers, err := kadm.NewClient(client).DeleteTopics(ctx, topics...)
	return errors.Join(err, answers.Error())
}
