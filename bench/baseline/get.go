package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// reader answers with the first 500 records of a partition: one fetch request, encoded by hand.
type reader struct {
	client *kgo.Client
	topic  string
	id     [16]byte
	leader int32
	unzip  kgo.Decompressor
}

const page = 500

func newReader(ctx context.Context, seeds []string, topic string) (*reader, error) {
	client, err := kgo.NewClient(kgo.SeedBrokers(seeds...))
	if err != nil {
		return nil, err
	}
	request := kmsg.NewPtrMetadataRequest()
	request.Topics = []kmsg.MetadataRequestTopic{{Topic: kmsg.StringPtr(topic)}}
	found, err := request.RequestWith(ctx, client)
	if err != nil {
		return nil, err
	}
	if err := kerr.ErrorForCode(found.Topics[0].ErrorCode); err != nil {
		return nil, fmt.Errorf("topic %q: %w", topic, err)
	}
	return &reader{client, topic, found.Topics[0].TopicID, found.Topics[0].Partitions[0].Leader, kgo.DefaultDecompressor()}, nil
}

func (g *reader) serve(w http.ResponseWriter, r *http.Request) {
	records, err := g.fetch(r.Context())
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	answer := append(make([]byte, 0, 384*len(records)), `{"items":[`...)
	for i, record := range records {
		if i > 0 {
			answer = append(answer, ',')
		}
		answer = append(answer, `{"id":"`...)
		answer = append(answer, record.Topic...)
		answer = append(answer, `@0#`...)
		answer = strconv.AppendInt(answer, record.Offset, 10)
		answer = append(answer, `","content":`...)
		answer = append(answer, record.Value...)
		answer = append(answer, '}')
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(append(answer, "]}"...))
}

func (g *reader) fetch(ctx context.Context) ([]*kgo.Record, error) {
	request := kmsg.NewPtrFetchRequest()
	request.MaxBytes = 1 << 20
	topic := kmsg.NewFetchRequestTopic()
	topic.Topic, topic.TopicID = g.topic, g.id
	partition := kmsg.NewFetchRequestTopicPartition()
	partition.PartitionMaxBytes = 1 << 20
	topic.Partitions = append(topic.Partitions, partition)
	request.Topics = append(request.Topics, topic)
	answer, err := g.client.Broker(int(g.leader)).Request(ctx, request)
	if err != nil {
		return nil, err
	}
	fetched, ok := answer.(*kmsg.FetchResponse)
	if !ok || len(fetched.Topics) == 0 {
		return nil, errors.New("the broker sent no records")
	}
	options := kgo.ProcessFetchPartitionOpts{Topic: g.topic}
	read, _ := kgo.ProcessFetchPartition(options, &fetched.Topics[0].Partitions[0], g.unzip, nil)
	return read.Records[:min(page, len(read.Records))], read.Err
}
