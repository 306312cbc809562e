// Command broker is the embedded Kafka in a process of its own, with its data on disk and bounded,
// so that a long run does not fill the memory.
package main

import (
	"context"
	"flag"
	"log"
	"os/signal"
	"syscall"

	"github.com/twmb/franz-go/pkg/kfake"
)

func main() {
	port := flag.Int("port", 9092, "port on 127.0.0.1")
	data := flag.String("data", "", "`folder` for the records; it must exist")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.Ports(*port), kfake.DataDir(*data), kfake.BrokerConfigs(map[string]string{
		"log.retention.bytes":    "67108864",
		"log.segment.bytes":      "16777216",
		"log.cleaner.backoff.ms": "1000",
	}))
	if err != nil {
		log.Print(err)
		return
	}
	defer cluster.Close()
	<-ctx.Done()
}
