package attacks

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// event opens a stream and gives the data of its first event.
func (r *rig) event(path string, headers ...string) string {
	r.t.Helper()
	s := r.stream(path, headers...)
	defer s.stop()
	return s.data()
}

// stream is an open stream of Server-Sent Events.
type stream struct {
	t    *testing.T
	in   *bufio.Reader
	stop func()
}

func (r *rig) stream(path string, headers ...string) *stream {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	response, err := r.http.Do(r.request(ctx, http.MethodGet, path, "", append([]string{"Accept: text/event-stream"}, headers...)))
	if err != nil {
		cancel()
		r.t.Fatal(err)
	}
	stop := sync.OnceFunc(func() {
		cancel()
		_ = response.Body.Close()
	})
	r.t.Cleanup(stop)
	if response.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(response.Body)
		r.t.Fatalf("the stream was answered with %d %s", response.StatusCode, text)
	}
	return &stream{t: r.t, in: bufio.NewReader(response.Body), stop: stop}
}

// data gives the data of the next event.
func (s *stream) data() string {
	s.t.Helper()
	for {
		line, err := s.in.ReadString('\n')
		if err != nil {
			s.t.Fatalf("the stream ended: %v", err)
		}
		if data, ok := strings.CutPrefix(strings.TrimSpace(line), "data: "); ok {
			return data
		}
	}
}

// produce writes a value to a topic.
func (r *rig) produce(topic, value string) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := r.kafka.ProduceSync(ctx, &kgo.Record{Topic: topic, Value: []byte(value)}).FirstErr(); err != nil {
		r.t.Fatal(err)
	}
}

// written is how many records a topic has.
func (r *rig) written(topic string) int64 {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	ends, err := kadm.NewClient(r.kafka).ListEndOffsets(ctx, topic)
	if err != nil {
		r.t.Fatal(err)
	}
	var total int64
	ends.Each(func(o kadm.ListedOffset) { total += o.Offset })
	return total
}

// records gives the first n records of the topic orders.
func (r *rig) records(n int) []*kgo.Record {
	r.t.Helper()
	reader, err := kgo.NewClient(kgo.SeedBrokers(strings.Split(r.brokers, ",")...), kgo.ConsumeTopics("orders"),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	if err != nil {
		r.t.Fatal(err)
	}
	defer reader.Close()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var records []*kgo.Record
	for len(records) < n {
		fetches := reader.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			r.t.Fatalf("%d of %d records, then %v", len(records), n, err)
		}
		records = append(records, fetches.Records()...)
	}
	return records
}
