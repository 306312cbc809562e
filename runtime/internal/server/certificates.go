package server

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/penstock-dev/penstock/runtime/internal/config"
)

// lookEvery is how often the files of listen.tls are looked at for changes, at most.
const lookEvery = time.Second

// certificates is the TLS of the client listener. Files that have changed count for the next
// connection; files with a fault change nothing, and are logged once for each change. Safe for
// concurrent use.
type certificates struct {
	cfg       config.TLS
	protocols []string // that are offered by ALPN: net/http sets them in its own configuration only
	log       *slog.Logger

	current atomic.Pointer[tls.Config]
	looked  atomic.Pointer[time.Time] // with its monotonic reading: the clock may be set

	mu   sync.Mutex // of the look in progress
	seen [3]stamp
}

// stamp tells two versions of a file apart.
type stamp struct {
	modified time.Time
	size     int64
}

// newCertificates reads the files for the first time.
func newCertificates(cfg config.Listen, log *slog.Logger) (*certificates, error) {
	c := &certificates{cfg: cfg.TLS, protocols: []string{"h2", "http/1.1"}, log: log, seen: stamps(cfg.TLS)}
	if cfg.HTTP2 == config.HTTP2Off {
		c.protocols = c.protocols[1:]
	}
	if err := c.read(); err != nil {
		return nil, err
	}
	now := time.Now()
	c.looked.Store(&now)
	return c, nil
}

// config is what the server listens with: each connection gets the TLS of its time.
func (c *certificates) config() *tls.Config {
	conf := c.current.Load().Clone()
	conf.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) { return c.get(), nil }
	return conf
}

// get gives the TLS for a connection, after a look at the files where the last one was a while ago.
func (c *certificates) get() *tls.Config {
	if time.Since(*c.looked.Load()) >= lookEvery && c.mu.TryLock() {
		defer c.mu.Unlock()
		now := time.Now()
		c.looked.Store(&now)
		c.look()
	}
	return c.current.Load()
}

// look reads the files again if one has changed. c.mu is held.
func (c *certificates) look() {
	now := stamps(c.cfg)
	if now == c.seen {
		return
	}
	c.seen = now
	if err := c.read(); err != nil {
		c.log.Error("listen.tls not read again, what it said before stays in force", "error", err)
		return
	}
	c.log.Info("listen.tls read again")
}

func (c *certificates) read() error {
	conf, err := tlsConfig(c.cfg)
	if err != nil {
		return err
	}
	conf.NextProtos = c.protocols
	c.current.Store(conf)
	return nil
}

func stamps(cfg config.TLS) (all [3]stamp) {
	for i, path := range []string{cfg.CertFile, cfg.KeyFile, cfg.ClientCAFile} {
		if info, err := os.Stat(path); err == nil {
			all[i] = stamp{info.ModTime(), info.Size()}
		}
	}
	return all
}

func tlsConfig(cfg config.TLS) (*tls.Config, error) {
	cert, err := tls.LoadX509KeyPair(cfg.CertFile, cfg.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("certFile and keyFile: %w", err)
	}
	conf := &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{cert}}
	if cfg.ClientCAFile == "" {
		return conf, nil
	}
	text, err := os.ReadFile(cfg.ClientCAFile)
	if err != nil {
		return nil, fmt.Errorf("clientCAFile: %w", err)
	}
	conf.ClientCAs = x509.NewCertPool()
	if !conf.ClientCAs.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("clientCAFile: %q has no PEM certificate", cfg.ClientCAFile)
	}
	switch cfg.ClientAuth {
	case "none":
		conf.ClientAuth = tls.NoClientCert
	case "optional":
		conf.ClientAuth = tls.VerifyClientCertIfGiven
	default:
		conf.ClientAuth = tls.RequireAndVerifyClientCert
	}
	return conf, nil
}
