package server

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/runtime/internal/config"
	"github.com/penstock-dev/penstock/test/lines"
)

// logged is what a server has logged.
type logged struct{ lines.Lines }

func (l *logged) has(text string) bool { return strings.Contains(l.String(), text) }

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

// TestAuthorityThatIsTakenAway: clients of an authority that is trusted no more do not get in by a
// session of before.
func TestAuthorityThatIsTakenAway(t *testing.T) {
	cfg := local()
	cfg.Listen.HTTP2 = config.HTTP2Off
	cfg.Listen.TLS.CertFile, cfg.Listen.TLS.KeyFile = certificate(t, t.TempDir())
	authority, key := certificate(t, t.TempDir())
	pair, err := tls.LoadX509KeyPair(authority, key)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Listen.TLS.ClientCAFile, cfg.Listen.TLS.ClientAuth = authority, "optional"
	log := &logged{}
	s, err := Client(cfg, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprint(w, len(r.TLS.VerifiedChains))
	}), slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	start(t, s)
	transport := &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{
		InsecureSkipVerify: true, Certificates: []tls.Certificate{pair}, ClientSessionCache: tls.NewLRUClientSessionCache(1),
	}}
	ask := func() (chains string, resumed bool) {
		r, err := (&http.Client{Transport: transport}).Get("https://" + s.Address())
		if err != nil {
			return err.Error(), false
		}
		defer func() { _ = r.Body.Close() }()
		text, _ := io.ReadAll(r.Body)
		return string(text), r.TLS.DidResume
	}
	if chains, _ := ask(); chains != "1" {
		t.Fatalf("got %s", chains)
	}
	if chains, resumed := ask(); chains != "1" || !resumed {
		t.Fatalf("got %s, resumed %v", chains, resumed)
	}
	other, _ := certificate(t, t.TempDir())
	text, err := os.ReadFile(other)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(authority, text, 0o600); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the other authority is in force", func() bool {
		shown(t, s)
		return log.has("listen.tls read again")
	})
	if chains, resumed := ask(); chains == "1" {
		t.Errorf("the client is still known, resumed %v", resumed)
	}
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
