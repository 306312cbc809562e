package rig

import (
	"context"
	"path/filepath"
	"time"

	"github.com/penstock-dev/penstock/test/ports"
)

// Gateway is a gateway process that always listens on the same address, behind two proxies.
type Gateway struct {
	Process
	Writers *Proxy // for publishers
	Readers *Proxy // for subscribers
	address string
}

// drainTime is more than a gateway needs for draining.
const drainTime = 20 * time.Second

// Setting is what gateways differ in.
type Setting struct {
	Brokers, Topic, DeadLetters string
	GroupProtocol               string // "": the default
}

// NewGateway makes a gateway of dir/gateway; Start starts it.
func NewGateway(dir, name string, setting Setting) (*Gateway, error) {
	address, err := ports.FreeAddress()
	if err != nil {
		return nil, err
	}
	admin, err := ports.FreeAddress()
	if err != nil {
		return nil, err
	}
	g := &Gateway{address: address, Process: Process{
		name: name, dir: dir, program: filepath.Join(dir, "gateway"), env: environment(address, admin, setting),
	}}
	if g.Writers, err = NewProxy(address); err != nil {
		return nil, err
	}
	if g.Readers, err = NewProxy(address); err != nil {
		g.Writers.Close()
		return nil, err
	}
	return g, nil
}

// environment configures a gateway: its addresses, its topics, and short times.
func environment(address, admin string, setting Setting) []string {
	const api = "PENSTOCK_APIS__FAULTS__"
	env := []string{
		"PENSTOCK_LISTEN__ADDRESS=" + address,
		"PENSTOCK_ADMIN__ADDRESS=" + admin,
		"PENSTOCK_DRAIN__DELAY=0s",
		"PENSTOCK_DRAIN__TIMEOUT=10s",
		"PENSTOCK_PRODUCE__TIMEOUT=2s",
		"PENSTOCK_CONSUME__SESSIONTIMEOUT=6s",
		"PENSTOCK_LOG__LEVEL=info",
		"PENSTOCK_LOG__FORMAT=text",
		api + "ENDPOINTS__DEFAULT__CONFIGURATION__BOOTSTRAPSERVERS=" + setting.Brokers,
		api + "ENDPOINTS__DEFAULT__SHAREDCONFIGURATIONOVERRIDE__PRODUCER__TOPICS=" + setting.Topic,
		api + "ENDPOINTS__DEFAULT__SHAREDCONFIGURATIONOVERRIDE__CONSUMER__TOPICS=" + setting.Topic,
		api + "OPERATIONS__READATLEASTONCE__WEBSOCKET__DEADLETTERTOPIC=" + setting.DeadLetters,
	}
	if setting.GroupProtocol != "" {
		env = append(env, "PENSTOCK_CONSUME__GROUPPROTOCOL="+setting.GroupProtocol)
	}
	return env
}

// Start starts the gateway and waits until it listens.
func (g *Gateway) Start(ctx context.Context) error {
	if err := g.start(); err != nil {
		return err
	}
	return g.listening(ctx, g.address)
}

// Drain asks the gateway to end, and waits until it has.
func (g *Gateway) Drain() { g.Stop(drainTime) }

// Close kills the gateway if it still runs, and ends its proxies.
func (g *Gateway) Close() {
	g.Kill()
	g.Writers.Close()
	g.Readers.Close()
}
