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

// makeTopics creates the topics and fills the one that is read.
func makeTopics(ctx context.Context, client *kgo.Client) error {
	admin := kadm.NewClient(client)
	for topic, partitions := range map[string]int32{
		eventsTopic: 6, recordsTopic: 1,
		streamTopic(contestants[0]): 1, streamTopic(contestants[1]): 1, streamTopic(contestants[2]): 1,
	} {
		if err := createTopic(ctx, admin, topic, partitions); err != nil {
			return fmt.Errorf("create topic %q: %w", topic, err)
		}
	}
	var records []*kgo.Record
	for range pageSize {
		records = append(records, &kgo.Record{Topic: recordsTopic, Value: event(time.Now().UnixNano())})
	}
	return client.ProduceSync(ctx, records...).FirstErr()
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
func removeTopics(client *kgo.Client) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	topics := []string{eventsTopic, recordsTopic}
	for _, name := range contestants {
		topics = append(topics, streamTopic(name))
	}
	answers, err := kadm.NewClient(client).DeleteTopics(ctx, topics...)
	return errors.Join(err, answers.Error())
}
