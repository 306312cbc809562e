package rig

import (
	"context"
	"net"
	"path/filepath"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/penstock-dev/penstock/test/ports"
)

// Broker is a Kafka whose clients come through a proxy: it tells them the proxy's address.
type Broker struct {
	Proxy   *Proxy
	address string // its own
	node    node
}

// node is the process of a broker.
type node interface {
	start(ctx context.Context) error
	kill() error
	stop() error
}

// StartBroker starts a broker with its data below dir: the embedded one, whose program is
// dir/broker, or Apache Kafka by scripts/kafka.sh of the repository root.
func StartBroker(ctx context.Context, isReal bool, root, dir string) (*Broker, error) {
	b := &Broker{}
	var err error
	if b.Proxy, err = NewProxy(""); err != nil {
		return nil, err
	}
	if isReal {
		b.node, b.address, err = newApache(ctx, root, filepath.Join(dir, "kafka"), b.Proxy.Address())
	} else {
		b.node, b.address, err = newEmbedded(dir, b.Proxy.Address())
	}
	if err == nil {
		b.Proxy.Aim(b.address)
		err = b.node.start(ctx)
	}
	if err != nil {
		b.Proxy.Close()
		return nil, err
	}
	return b, nil
}

// Restart kills the broker, and starts it again on its data after a pause.
func (b *Broker) Restart(ctx context.Context, pause time.Duration) error {
	if err := b.node.kill(); err != nil {
		return err
	}
	Sleep(ctx, pause)
	return b.node.start(ctx)
}

// Close stops the broker.
func (b *Broker) Close() error {
	defer b.Proxy.Close()
	return b.node.stop()
}

// Client is a client of the broker itself, past the proxy.
func (b *Broker) Client(opts ...kgo.Opt) (*kgo.Client, error) {
	var dialer net.Dialer
	return kgo.NewClient(append(opts, kgo.SeedBrokers(b.address),
		kgo.Dialer(func(ctx context.Context, network, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, network, b.address)
		}))...)
}

// embedded is the embedded broker.
type embedded struct {
	Process
	address string
}

func newEmbedded(dir, advertise string) (node, string, error) {
	address, err := ports.FreeAddress()
	if err != nil {
		return nil, "", err
	}
	data := filepath.Join(dir, "data")
	return &embedded{Process{
		name: "broker", dir: dir, program: filepath.Join(dir, "broker"),
		args: []string{"-listen", address, "-advertise", advertise, "-data", data},
	}, address}, address, nil
}

func (e *embedded) start(ctx context.Context) error {
	if err := e.Process.start(); err != nil {
		return err
	}
	return e.listening(ctx, e.address)
}

func (e *embedded) kill() error {
	e.Kill()
	return nil
}

func (e *embedded) stop() error {
	e.Stop(10 * time.Second)
	return nil
}

// Sleep waits, or until ctx ends.
func Sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
