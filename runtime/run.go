package runtime

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/penstock-dev/penstock/runtime/internal/server"
)

// phase is where a gateway is in its life.
type phase int32

const (
	starting phase = iota
	ready
	draining
)

// errStarting and errDraining are what /readyz says.
var (
	errStarting = errors.New("starting")
	errDraining = errors.New("draining")
)

// Run listens and serves until ctx ends, and then until the drain is over. It is called once.
//
// The drain: /readyz fails; after drain.delay streams are told to go away and requests are
// finished; then groups commit and leave, and producers are flushed. All of it after the delay
// takes at most drain.timeout. The error says what was cut off, or which listener failed.
func (gw *Gateway) Run(ctx context.Context) error {
	handler, err := gw.Handler()
	if err != nil {
		return errors.Join(err, gw.kafka.Close(ctx))
	}
	client, err := server.Client(gw.cfg, handler, gw.log)
	if err != nil {
		return errors.Join(err, gw.kafka.Close(ctx))
	}
	admin := server.Admin(gw.cfg.Admin, gw.readiness, gw.metrics.Handler(), gw.log)
	if err := admin.Listen(ctx); err != nil {
		return errors.Join(fmt.Errorf("admin.address: %w", err), gw.kafka.Close(ctx))
	}
	if err := client.Listen(ctx); err != nil {
		return errors.Join(fmt.Errorf("listen.address: %w", err), admin.Shutdown(ctx), gw.kafka.Close(ctx))
	}
	defer server.EaseCollector(server.MemoryLimit())()
	gw.phase.Store(int32(ready))
	gw.announce(client.Address(), admin.Address())
	if gw.started != nil {
		gw.started(client.Address(), admin.Address())
	}
	failed := gw.wait(ctx, client, admin)
	return errors.Join(failed, gw.drain(context.WithoutCancel(ctx), client, admin))
}

// wait returns when ctx ends, or with the error of a listener that failed.
func (gw *Gateway) wait(ctx context.Context, client, admin *server.Server) error {
	select {
	case <-ctx.Done():
		return nil
	case <-client.Done():
		return fmt.Errorf("client listener: %w", client.Err())
	case <-admin.Done():
		return fmt.Errorf("admin listener: %w", admin.Err())
	}
}

// readiness is why the gateway is not ready; nil when it is.
func (gw *Gateway) readiness() error {
	switch phase(gw.phase.Load()) {
	case starting:
		return errStarting
	case draining:
		return errDraining
	}
	return nil
}

// drain takes the gateway down in order.
func (gw *Gateway) drain(ctx context.Context, client, admin *server.Server) error {
	gw.phase.Store(int32(draining))
	gw.log.Info("draining", "delay", gw.cfg.Drain.Delay.String(), "timeout", gw.cfg.Drain.Timeout.String(), "streams", gw.streams.Open())
	select {
	case <-time.After(gw.cfg.Drain.Delay):
	case <-client.Done(): // nothing is left to wait for
	}
	start := time.Now()
	ctx, cancel := context.WithTimeout(ctx, gw.cfg.Drain.Timeout)
	defer cancel()
	requests := make(chan error, 1) // beside the streams: Shutdown does not know of WebSockets
	go func() { requests <- client.Shutdown(ctx) }()
	err := gw.leave(ctx, requests)
	if failed := admin.Shutdown(ctx); failed != nil {
		err = errors.Join(err, fmt.Errorf("admin listener: %w", failed))
	}
	took := time.Since(start).Round(time.Millisecond).String()
	if err != nil {
		gw.log.Warn("drained, not cleanly", "took", took, "error", err)
		return fmt.Errorf("drain: %w", err)
	}
	gw.log.Info("drained", "took", took)
	return nil
}

// leave tells the streams to go away, waits for them and for the requests, and leaves Kafka.
func (gw *Gateway) leave(ctx context.Context, requests <-chan error) error {
	close(gw.draining)
	var problems []error
	if left := gw.streams.Drain(ctx); left > 0 {
		problems = append(problems, fmt.Errorf("%d streams were cut off", left))
	}
	if err := <-requests; err != nil {
		problems = append(problems, fmt.Errorf("requests were cut off: %w", err))
	}
	if err := gw.gate.Close(ctx); err != nil {
		problems = append(problems, err)
	}
	if err := gw.kafka.Close(ctx); err != nil {
		problems = append(problems, fmt.Errorf("leave Kafka: %w", err))
	}
	return errors.Join(problems...)
}

// Close ends the streams and leaves Kafka, for programs that serve Handler themselves. They
// close their server first, or beside it. Run does all of this by itself; it is called once.
func (gw *Gateway) Close(ctx context.Context) error {
	gw.phase.Store(int32(draining))
	requests := make(chan error)
	close(requests)
	return gw.leave(ctx, requests)
}

// announce writes the one line that says what is served where.
func (gw *Gateway) announce(client, admin string) {
	apis, operations, entrypoints := []string{}, 0, 0
	for _, m := range gw.apis {
		apis = append(apis, m.api.Name)
		operations += len(m.api.Operations)
		entrypoints += len(m.operations)
	}
	gw.log.Info("gateway is ready", "version", version(), "address", client, "admin", admin,
		"apis", apis, "operations", operations, "entrypoints", entrypoints)
	for _, m := range gw.apis {
		for _, op := range m.operations {
			gw.log.Debug("serves", "api", m.api.Name, "operation", op.Operation, "entrypoint", op.Kind, "method", op.Method, "path", op.Path)
		}
	}
}
