package runtime

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"sync/atomic"

	"github.com/labstack/echo/v4"

	"github.com/penstock-dev/penstock/runtime/internal/auth"
	"github.com/penstock-dev/penstock/runtime/internal/caller"
	"github.com/penstock-dev/penstock/runtime/internal/compile"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
	"github.com/penstock-dev/penstock/runtime/internal/limits"
	"github.com/penstock-dev/penstock/runtime/internal/metrics"
	"github.com/penstock-dev/penstock/runtime/internal/published"
	"github.com/penstock-dev/penstock/runtime/internal/routes"
	"github.com/penstock-dev/penstock/runtime/internal/scope"
	"github.com/penstock-dev/penstock/runtime/internal/secrets"
	"github.com/penstock-dev/penstock/runtime/internal/web"
)

// Gateway serves the apis that are mounted on it. Mount and Use come before Run or Handler;
// they are safe for concurrent use, as everything else.
type Gateway struct {
	cfg     Config
	log     *slog.Logger
	started func(client, admin string)
	echo    *echo.Echo
	kafka   clients
	metrics *metrics.Metrics
	streams *limits.Streams
	gate    *auth.Gate
	secrets scope.Secrets
	rate    *limits.Requests // nil: not limited
	host    *entrypoints.Host

	draining chan struct{} // closed when streams shall go away
	phase    atomic.Int32

	mu         sync.Mutex
	table      *routes.Table
	apis       []mounted
	middleware map[string][]echo.MiddlewareFunc // by api
	policies   map[string][]*auth.Policy        // by method and shape of the path
	sealed     bool
	sealErr    error
}

// clients is the Kafka side. It is an interface, since a field of its type would make the compiler
// instantiate the generic types of the Kafka library again in every package that uses a Gateway:
// half of the time that a generated package takes to compile.
type clients interface {
	compile.Clients
	Close(ctx context.Context) error
}

// mounted is what the gateway keeps of an api.
type mounted struct {
	api        API
	operations []served
	base       published.Base
	routes     []published.Route
}

// served is one entrypoint of one operation, for listings.
type served struct {
	Operation, Kind, Method, Path string
}

// New makes a gateway. It opens no connection and no listener: Run does. The error joins every
// problem of the configuration that its schema could not see.
func New(cfg Config, opts ...Option) (*Gateway, error) {
	var o options
	for _, opt := range opts {
		opt.apply(&o)
	}
	if o.log == nil {
		log, err := newLogger(cfg.Log, os.Stderr)
		if err != nil {
			return nil, err
		}
		o.log = log
	}
	find, err := caller.New(cfg.Listen.TrustedProxies, cfg.CORS.AllowOrigins)
	if err != nil {
		return nil, fmt.Errorf("listen.trustedProxies: %w", err)
	}
	gw := &Gateway{
		cfg: cfg, log: o.log, started: o.started, echo: echo.New(), metrics: metrics.New(version()),
		streams:  limits.NewStreams(cfg.Limits.Streams, cfg.Limits.StreamsPerSubject, cfg.Limits.StreamsPerAddress),
		draining: make(chan struct{}), table: routes.NewTable(), middleware: map[string][]echo.MiddlewareFunc{}, policies: map[string][]*auth.Policy{},
	}
	gw.rate = limits.NewRequests(cfg.Limits.RequestsPerSecond, cfg.Limits.Burst)
	gw.gate = newGate(cfg, o.log, find)
	gw.secrets = secrets.New(cfg.Secrets.Dir)
	brokers := newKafka(cfg, o.log)
	gw.kafka = brokers
	if err := gw.metrics.Register(metrics.OfKafka(func() metrics.Kafka { return kafkaMetrics(brokers) })); err != nil {
		return nil, fmt.Errorf("metrics: %w", err)
	}
	gw.host = &entrypoints.Host{
		Log: o.log, Limits: entrypointLimits(cfg), Caller: find.Caller, Stream: gw.streams.Take,
		OriginAllowed: find.OriginAllowed, Draining: gw.draining, Metrics: gw.metrics,
	}
	gw.prepareEcho(find)
	return gw, nil
}

func entrypointLimits(cfg Config) entrypoints.Limits {
	return entrypoints.Limits{
		Body: int64(cfg.Limits.Body), NDJSONLine: int64(cfg.Limits.NDJSONLine),
		WebSocketMessage: int64(cfg.Limits.WebSocketMessage), BytesPerStream: int64(cfg.Limits.BytesPerStream),
		WriteStall: cfg.Listen.WriteStallTimeout,
	}
}

// prepareEcho sets what holds for every request, routed or not.
func (gw *Gateway) prepareEcho(find *caller.Finder) {
	gw.echo.HideBanner, gw.echo.HidePort = true, true
	gw.echo.HTTPErrorHandler = web.ErrorHandler(gw.log)
	gw.echo.IPExtractor = find.Address
	gw.echo.Use(gw.observe)
	if len(gw.cfg.CORS.AllowOrigins) > 0 {
		gw.echo.Use(crossOrigin(gw.cfg.CORS))
	}
}

// Echo is the router of the client listener, for middleware and routes of the program's own.
func (gw *Gateway) Echo() *echo.Echo { return gw.echo }

// Use adds Echo middleware to every operation of an api, first added outermost. It comes before
// Run and Handler; a name that no api has is an error of theirs.
func (gw *Gateway) Use(api string, mw ...echo.MiddlewareFunc) {
	gw.mu.Lock()
	defer gw.mu.Unlock()
	gw.middleware[api] = append(gw.middleware[api], mw...)
}

// Handler is everything that the client listener serves, for tests and for programs with a
// server of their own. It ends Mount and Use. The error joins what is wrong over all apis, as a
// name in apis.* that none of them has.
func (gw *Gateway) Handler() (http.Handler, error) {
	gw.mu.Lock()
	defer gw.mu.Unlock()
	if !gw.sealed {
		gw.sealed = true
		gw.sealErr = gw.seal()
	}
	return gw.echo, gw.sealErr
}

// seal checks what only all apis together can show, and installs the routes.
func (gw *Gateway) seal() error {
	problems := []error{gw.cfg.APIs.Unused(), gw.openGate()}
	for name := range gw.middleware {
		if !gw.has(name) {
			problems = append(problems, fmt.Errorf("middleware is added to api %q, which is not mounted", name))
		}
	}
	if err := gw.addPages(); err != nil {
		problems = append(problems, err)
	}
	gw.table.Install(gw.echo)
	return errors.Join(problems...)
}

func (gw *Gateway) has(api string) bool {
	for _, m := range gw.apis {
		if m.api.Name == api {
			return true
		}
	}
	return false
}
