// Command baseline is the gateway that Penstock is measured against: net/http and a Kafka client,
// and nothing that a gateway needs beside them. Each file holds one way through it.
package main

import (
	"context"
	"errors"
	"flag"
	"log"
	"net/http"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:8080", "address of web clients")
	brokers := flag.String("brokers", "127.0.0.1:9092", "bootstrap servers of Kafka, separated by commas")
	events := flag.String("events", "bench.events", "topic that POST writes to")
	records := flag.String("records", "bench.records", "topic of one partition that GET reads from its start")
	stream := flag.String("stream", "bench.stream", "topic that SSE sends")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	handler, stopped, err := routes(ctx, strings.Split(*brokers, ","), *events, *records, *stream)
	if err != nil {
		log.Fatal(err)
	}
	defer stopped()
	server := &http.Server{Addr: *listen, Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		log.Print(err)
	}
	stop() // stopped waits for it
}

// routes makes the handlers and their Kafka clients; stopped waits until the clients are closed,
// after the end of ctx.
func routes(ctx context.Context, seeds []string, events, records, stream string) (h http.Handler, stopped func(), err error) {
	producer, err := kgo.NewClient(kgo.SeedBrokers(seeds...), kgo.DefaultProduceTopic(events),
		kgo.ProducerLinger(0), kgo.ProducerBatchCompression(kgo.NoCompression()))
	if err != nil {
		return nil, nil, err
	}
	reader, err := newReader(ctx, seeds, records)
	if err != nil {
		return nil, nil, err
	}
	clients, err := newHub(ctx, seeds, stream)
	if err != nil {
		return nil, nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /events", post(producer))
	mux.HandleFunc("POST /lines", lines(producer))
	mux.HandleFunc("GET /records", reader.serve)
	mux.HandleFunc("GET /stream", clients.serve)
	return mux, func() {
		producer.Close()
		reader.client.Close()
		<-clients.done
	}, nil
}
