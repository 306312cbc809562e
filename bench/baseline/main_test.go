package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
)

// start runs the bare gateway on an embedded broker.
func start(t *testing.T) (url string, client *kgo.Client) {
	t.Helper()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "events", "records", "stream"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	client, err = kgo.NewClient(kgo.SeedBrokers(cluster.ListenAddrs()...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	ctx, cancel := context.WithCancel(context.Background())
	handler, stopped, err := routes(ctx, cluster.ListenAddrs(), "events", "records", "stream")
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(func() {
		cancel()
		server.CloseClientConnections()
		server.Close()
		stopped()
	})
	return server.URL, client
}

func send(t *testing.T, method, url, body string) (status int, answer string) {
	t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

func TestPublish(t *testing.T) {
	url, _ := start(t)
	status, answer := send(t, http.MethodPost, url+"/events", `{"a":1}`)
	if want := `{"topic":"events","partition":0,"offset":0}`; status != http.StatusAccepted || answer != want {
		t.Errorf("POST: %d %s", status, answer)
	}
	status, answer = send(t, http.MethodPost, url+"/lines", "{\"a\":1}\n{\"a\":\n{\"a\":3}\n")
	want := "{\"topic\":\"events\",\"partition\":0,\"offset\":1}\n{\"status\":400}\n{\"topic\":\"events\",\"partition\":0,\"offset\":2}\n"
	if diff := cmp.Diff(want, answer); status != http.StatusOK || diff != "" {
		t.Errorf("NDJSON: %d\n%s", status, diff)
	}
}

func TestReadPage(t *testing.T) {
	url, client := start(t)
	for range page + 100 {
		client.Produce(context.Background(), &kgo.Record{Topic: "records", Value: []byte(`{"a":1}`)}, nil)
	}
	if err := client.Flush(context.Background()); err != nil {
		t.Fatal(err)
	}
	status, answer := send(t, http.MethodGet, url+"/records", "")
	var found struct {
		Items []struct {
			ID      string
			Content json.RawMessage
		}
	}
	if err := json.Unmarshal([]byte(answer), &found); err != nil || status != http.StatusOK {
		t.Fatalf("%d %s: %v", status, answer, err)
	}
	if last := found.Items[len(found.Items)-1]; len(found.Items) != page || last.ID != "records@0#499" || string(last.Content) != `{"a":1}` {
		t.Errorf("%d items, the last %+v", len(found.Items), last)
	}
}

func TestStream(t *testing.T) {
	url, client := start(t)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	lines := bufio.NewScanner(resp.Body)
	seen := make(chan string, 100)
	go func() {
		defer close(seen)
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				seen <- data
			}
		}
	}()
	// The hub starts at the end of the topic, at a moment of its own: records are sent until one comes.
	for {
		if err := client.ProduceSync(ctx, &kgo.Record{Topic: "stream", Value: []byte(`{"a":1}`)}).FirstErr(); err != nil {
			t.Fatal(err)
		}
		select {
		case data := <-seen:
			if data != `{"a":1}` {
				t.Errorf("got %q", data)
			}
			return
		case <-time.After(20 * time.Millisecond):
		}
	}
}
