// Package server runs the listeners of the gateway: the one of web clients, and the one of
// health, metrics and profiles.
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"

	"github.com/penstock-dev/penstock/runtime/internal/config"
)

// Server is one listener with its HTTP server.
type Server struct {
	http     *http.Server
	most     int // connections; 0: any number
	listener net.Listener
	done     chan struct{} // closed when it serves no more
	err      error         // why, once done is closed
}

// VerifiesClients says whether the client listener asks for certificates and verifies them.
func VerifiesClients(cfg config.TLS) bool {
	return cfg.CertFile != "" && cfg.ClientCAFile != "" && cfg.ClientAuth != "none"
}

// Client makes the server of web clients; it does not listen yet. Certificates are read
// now, and again when they have changed.
func Client(cfg config.Config, handler http.Handler, logger *slog.Logger) (*Server, error) {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(cfg.Listen.HTTP2 != config.HTTP2Off)
	protocols.SetUnencryptedHTTP2(cfg.Listen.HTTP2 == config.HTTP2Clear)
	s := &http.Server{
		Addr:              cfg.Listen.Address,
		Handler:           limitHeaders(int64(cfg.Limits.Headers), closeAfterChunks(handler)),
		Protocols:         protocols,
		ReadHeaderTimeout: cfg.Listen.ReadHeaderTimeout,
		ReadTimeout:       cfg.Listen.ReadTimeout,
		IdleTimeout:       cfg.Listen.IdleTimeout,
		// The handler enforces the limit exactly; this one stops what is far beyond it, before
		// it is read.
		MaxHeaderBytes: int(2 * cfg.Limits.Headers),
		ErrorLog:       slog.NewLogLogger(logger.Handler(), slog.LevelDebug),
	}
	if cfg.Listen.TLS.CertFile == "" {
		return &Server{http: s, most: cfg.Limits.Connections}, nil
	}
	certificates, err := newCertificates(cfg.Listen, logger)
	if err != nil {
		return nil, fmt.Errorf("listen.tls: %w", err)
	}
	s.TLSConfig = certificates.config()
	return &Server{http: s, most: cfg.Limits.Connections}, nil
}

// Listen opens the listener and serves on it in the background.
func (s *Server) Listen(ctx context.Context) error {
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", s.http.Addr)
	if err != nil {
		return err // it begins with "listen tcp", and the caller names the setting
	}
	if tcp, ok := listener.(*net.TCPListener); ok && s.most > 0 {
		listener = bound(tcp, s.most)
	}
	s.listener, s.done = listener, make(chan struct{})
	go func() {
		serve := s.http.Serve
		if s.http.TLSConfig != nil {
			serve = func(l net.Listener) error { return s.http.ServeTLS(l, "", "") }
		}
		s.err = serve(listener)
		close(s.done)
	}()
	return nil
}

// Address is where the server listens, with the port that the system chose for port 0.
func (s *Server) Address() string { return s.listener.Addr().String() }

// Done is closed when the server has ended, by itself or by Shutdown.
func (s *Server) Done() <-chan struct{} { return s.done }

// Err is why the server has ended, once Done is closed.
func (s *Server) Err() error { return s.err }

// Shutdown stops listening and waits until every request is answered, but not for connections
// that became WebSockets. When ctx ends before, the rest is cut off.
func (s *Server) Shutdown(ctx context.Context) error {
	err := s.http.Shutdown(ctx)
	if err != nil {
		err = errors.Join(err, s.http.Close())
	}
	<-s.done
	return err
}
