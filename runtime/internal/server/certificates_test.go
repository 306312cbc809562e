package server

import (
	"bytes"
	"crypto/tls"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/runtime/internal/config"
)

// logged collects a log. Safe for concurrent use.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) has(text string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Contains(l.text.String(), text)
}

// shown is the certificate that a server shows to a new connection.
func shown(t *testing.T, s *Server) []byte {
	t.Helper()
	conn, err := tls.Dial("tcp", s.Address(), &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	return conn.ConnectionState().PeerCertificates[0].Raw
}

// TestRotatedCertificate: a new certificate counts without a restart, a broken one changes nothing.
func TestRotatedCertificate(t *testing.T) {
	dir := t.TempDir()
	cfg := local()
	cfg.Listen.TLS.CertFile, cfg.Listen.TLS.KeyFile = certificate(t, dir)
	log := &logged{}
	s, err := Client(cfg, http.NotFoundHandler(), slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	start(t, s)
	first := shown(t, s)
	certificate(t, dir)
	eventually(t, "the new certificate is shown", func() bool { return !bytes.Equal(shown(t, s), first) })
	second := shown(t, s)
	if err := os.WriteFile(cfg.Listen.TLS.CertFile, []byte("broken"), 0o600); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the broken certificate is in the log", func() bool {
		if !bytes.Equal(shown(t, s), second) {
			t.Fatal("another certificate is shown")
		}
		return log.has("failed to find any PEM data in certificate input")
	})
}

func TestVerifiesClients(t *testing.T) {
	for _, test := range []struct {
		cfg  config.TLS
		want bool
	}{
		{config.TLS{}, false},
		{config.TLS{CertFile: "a"}, false},
		{config.TLS{ClientCAFile: "a"}, false},
		{config.TLS{CertFile: "a", ClientCAFile: "b", ClientAuth: "none"}, false},
		{config.TLS{CertFile: "a", ClientCAFile: "b", ClientAuth: "optional"}, true},
		{config.TLS{CertFile: "a", ClientCAFile: "b"}, true},
	} {
		if got := VerifiesClients(test.cfg); got != test.want {
			t.Errorf("%+v: got %v", test.cfg, got)
		}
	}
}

// eventually waits until a condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}
