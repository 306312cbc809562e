// Command broker is the embedded Kafka in a process that can be killed: its data stays on disk, and
// it tells clients to come by another address than its own, that of a proxy.
package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"

	"github.com/twmb/franz-go/pkg/kfake"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:9092", "`address` to listen on")
	advertise := flag.String("advertise", "", "`address` that clients are told")
	data := flag.String("data", "", "`folder` for the records")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := serve(ctx, *listen, *advertise, *data); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}

// groups are the times of groups whose partitions the broker assigns: short ones, as the gateways
// choose for the others.
var groups = map[string]string{
	"group.consumer.session.timeout.ms":    "6000",
	"group.consumer.heartbeat.interval.ms": "1000",
}

func serve(ctx context.Context, listen, advertise, data string) error {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.DataDir(data), kfake.BrokerConfigs(groups), kfake.ListenFn(func(string, string) (net.Listener, error) {
		l, err := net.Listen("tcp", listen)
		if err != nil {
			return nil, err
		}
		told, err := net.ResolveTCPAddr("tcp", advertise)
		if err != nil {
			return nil, err
		}
		return advertised{l, told}, nil
	}))
	if err != nil {
		return err
	}
	defer cluster.Close()
	<-ctx.Done()
	return nil
}

// advertised is a listener that says another address than it has.
type advertised struct {
	net.Listener
	told net.Addr
}

// Addr is the address for clients.
func (a advertised) Addr() net.Addr { return a.told }
