package cluster

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/security"
)

// metadataMinAge lets a client ask again soon about topics and leaders; the library's default
// of 5 s delays every recovery.
const metadataMinAge = 250 * time.Millisecond

// requestOverhead is how long a broker may take for a request, beside what the request itself
// allows; then the connection counts as dead.
const requestOverhead = 5 * time.Second

// maxDecompressed bounds what one compressed batch may unpack to, in bytes.
const maxDecompressed = 64 << 20

// Config is what all clients of all clusters have in common.
type Config struct {
	ClientID     string        // prefix of the client id that brokers see; default "penstock"
	FetchMaxWait time.Duration // how long a broker may hold a fetch; default 250ms
	DialTimeout  time.Duration // default 3s
	Log          *slog.Logger  // required
	// ClientLog is for what clients say, each for itself; nil: Log.
	ClientLog *slog.Logger
	// Dial replaces the dialer of TCP; nil: the system's. TLS is spoken over what it gives.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

func (c Config) withDefaults() Config {
	c.ClientID = cmp.Or(c.ClientID, "penstock")
	c.ClientLog = cmp.Or(c.ClientLog, c.Log)
	c.FetchMaxWait = cmp.Or(c.FetchMaxWait, 250*time.Millisecond)
	c.DialTimeout = cmp.Or(c.DialTimeout, 3*time.Second)
	if c.Dial == nil {
		c.Dial = new(net.Dialer).DialContext
	}
	return c
}

// Cluster makes the clients of one target. Safe for concurrent use.
type Cluster struct {
	Target Target

	cfg    Config
	tls    *security.TLS // nil: not encrypted
	login  *login        // nil: clients do not log in
	log    *slog.Logger
	health *health

	mu      sync.Mutex
	admin   *kgo.Client // nil until first used
	closers []func(context.Context) error
	closed  bool
	asking  sync.WaitGroup
}

// New prepares a cluster; nothing connects before the first client does something. Files that
// the target names are read now. An error is a core.Error with CodeConfigurationInvalid.
func New(t Target, cfg Config) (*Cluster, error) {
	cfg = cfg.withDefaults()
	log := cfg.Log.With("endpoint", t.Name, "brokers", t.Brokers)
	cfg.ClientLog = cfg.ClientLog.With("endpoint", t.Name, "brokers", t.Brokers)
	conf, err := t.Security.TLS(log)
	if err != nil {
		return nil, core.Wrap(core.CodeConfigurationInvalid, "connect", err)
	}
	mechanism, err := t.Security.SASL(log)
	if err != nil {
		return nil, core.Wrap(core.CodeConfigurationInvalid, "connect", err)
	}
	c := &Cluster{Target: t, cfg: cfg, tls: conf, log: log}
	if mechanism != nil {
		c.login = &login{Mechanism: mechanism}
		if closing, ok := mechanism.(sasl.ClosingMechanism); ok {
			c.OnClose(func(context.Context) error { closing.Close(); return nil })
		}
	}
	c.health = newHealth(log, c.probe, c.login)
	return c, nil
}

// NewClient makes a client for a purpose ("producer", "hub"), which becomes part of its client
// id. Options of the caller win over the base options. The caller closes the client before the
// cluster. An error is a core.Error with CodeConfigurationInvalid.
func (c *Cluster) NewClient(purpose string, opts ...kgo.Opt) (*kgo.Client, error) {
	base := []kgo.Opt{
		kgo.SeedBrokers(c.Target.Brokers...),
		kgo.ClientID(c.cfg.ClientID + "-" + purpose),
		kgo.SoftwareNameAndVersion("penstock", "0.1"),
		kgo.Dialer(c.dial),
		kgo.RequestTimeoutOverhead(requestOverhead),
		kgo.MetadataMinAge(metadataMinAge),
		kgo.FetchMaxWait(c.cfg.FetchMaxWait),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.MaxDecompressBatchBytes(maxDecompressed),
		kgo.DisableClientMetrics(),
		kgo.WithLogger(clientLog{c.cfg.ClientLog.With("client", purpose)}),
		kgo.WithHooks(c.health),
	}
	if c.login != nil {
		base = append(base, kgo.SASL(c.login))
	}
	client, err := kgo.NewClient(append(base, opts...)...)
	if err != nil {
		return nil, core.Wrap(core.CodeConfigurationInvalid, "connect", fmt.Errorf("%s client: %w", purpose, err))
	}
	return client, nil
}

// dial connects by Config.Dial, and makes each TLS configuration anew: its files may have changed.
func (c *Cluster) dial(ctx context.Context, network, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, c.cfg.DialTimeout)
	defer cancel()
	conn, err := c.cfg.Dial(ctx, network, address)
	if err != nil || c.tls == nil {
		return conn, err
	}
	conf := c.tls.ForDial()
	if conf.ServerName, _, err = net.SplitHostPort(address); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	secured := tls.Client(conn, conf)
	if err := secured.HandshakeContext(ctx); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return secured, nil
}

// Admin gives the cluster's shared client for requests that are neither produce nor fetch.
func (c *Cluster) Admin() (*kadm.Client, error) {
	client, err := c.adminClient()
	if err != nil {
		return nil, err
	}
	return kadm.NewClient(client), nil
}

func (c *Cluster) adminClient() (*kgo.Client, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, errClosed()
	}
	if c.admin == nil {
		client, err := c.NewClient("admin")
		if err != nil {
			return nil, err
		}
		c.admin = client
	}
	return c.admin, nil
}

// State tells whether the cluster answers.
func (c *Cluster) State() State { return c.health.state() }

// Refusing gives the error for requests that would certainly fail now: the last dial to every
// known broker failed. It is nil otherwise. The cluster is probed each second while it refuses.
func (c *Cluster) Refusing() error { return c.health.refusal() }

// Usable reports whether the cluster is worth a request: a broker answered within the last 30 s,
// it was not tried, or nobody asked it anything since its last answer.
func (c *Cluster) Usable() bool { return c.health.usable(time.Now()) }

// RefusedLogin tells that a login was refused a moment ago and until when nobody logs in again.
// The error is nil otherwise, else a core.Error with CodeBrokerUnavailable.
func (c *Cluster) RefusedLogin() (until time.Time, err error) { return c.login.remembers() }

func errClosed() error { return core.Wrap(core.CodeDraining, "connect", kgo.ErrClientClosed) }

// OnClose registers what must end before the cluster does: clients made from it.
func (c *Cluster) OnClose(f func(context.Context) error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closers = append(c.closers, f)
}

// Close ends what was registered, latest first, and the shared client.
func (c *Cluster) Close(ctx context.Context) error {
	c.mu.Lock()
	closers, admin := c.closers, c.admin
	c.closers, c.closed = nil, true
	c.mu.Unlock()
	c.health.retire()
	var errs []error
	for i := len(closers) - 1; i >= 0; i-- {
		errs = append(errs, closers[i](ctx))
	}
	c.health.close()
	if admin != nil {
		admin.Close()
	}
	c.asking.Wait()
	return errors.Join(errs...)
}
