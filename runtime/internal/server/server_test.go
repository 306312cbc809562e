package server

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/penstock-dev/penstock/runtime/internal/config"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var quiet = slog.New(slog.DiscardHandler)

func start(t *testing.T, s *Server) {
	t.Helper()
	if err := s.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

func local() config.Config {
	cfg := config.Default()
	cfg.Listen.Address, cfg.Admin.Address = "127.0.0.1:0", "127.0.0.1:0"
	return cfg
}

func client(t *testing.T, cfg config.Config, handler http.HandlerFunc) *Server {
	t.Helper()
	s, err := Client(cfg, handler, quiet)
	if err != nil {
		t.Fatal(err)
	}
	start(t, s)
	return s
}

// ask sends raw text and gives the answer with its body.
func ask(t *testing.T, address, request string) (*http.Response, string) {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	r, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Body.Close() }()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r, string(body)
}

func TestReadHeaderTimeout(t *testing.T) {
	cfg := local()
	cfg.Listen.ReadHeaderTimeout = 20 * time.Millisecond
	s := client(t, cfg, func(http.ResponseWriter, *http.Request) {})
	conn, err := net.Dial("tcp", s.Address())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHo"); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(conn); err != nil {
		t.Errorf("the connection of a client that dawdles must be closed: %v", err)
	}
}

// certificate writes a self-signed certificate and its key, both PEM, into a folder.
func certificate(t *testing.T, dir string) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, "tls.crt"), filepath.Join(dir, "tls.key")
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

// protocols lists the HTTP versions in which a server answers: HTTP/1.1, and HTTP/2 by ALPN or
// by prior knowledge.
func protocols(t *testing.T, s *Server, conf *tls.Config) string {
	t.Helper()
	var spoken []string
	for _, http2 := range []bool{false, true} {
		p := new(http.Protocols)
		p.SetHTTP1(!http2)
		p.SetHTTP2(http2 && conf != nil)
		p.SetUnencryptedHTTP2(http2 && conf == nil)
		transport := &http.Transport{TLSClientConfig: conf.Clone(), Protocols: p} // it writes into its own
		url := "http://" + s.Address()
		if conf != nil {
			url = "https://" + s.Address()
		}
		r, err := (&http.Client{Transport: transport, Timeout: 5 * time.Second}).Get(url)
		if err == nil {
			spoken = append(spoken, r.Proto)
			_ = r.Body.Close()
		}
		transport.CloseIdleConnections()
	}
	return strings.Join(spoken, " ")
}

func TestHTTP2(t *testing.T) {
	cert, key := certificate(t, t.TempDir())
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(pair.Leaf)
	for _, test := range []struct {
		http2 string
		tls   bool
		want  string
	}{
		{config.HTTP2TLS, false, "HTTP/1.1"},
		{config.HTTP2TLS, true, "HTTP/1.1 HTTP/2.0"},
		{config.HTTP2Clear, false, "HTTP/1.1 HTTP/2.0"},
		{config.HTTP2Clear, true, "HTTP/1.1 HTTP/2.0"},
		{config.HTTP2Off, false, "HTTP/1.1"},
		{config.HTTP2Off, true, "HTTP/1.1"},
	} {
		t.Run(fmt.Sprint(test.http2, test.tls), func(t *testing.T) {
			cfg := local()
			cfg.Listen.HTTP2 = test.http2
			var conf *tls.Config
			if test.tls {
				cfg.Listen.TLS = config.TLS{CertFile: cert, KeyFile: key}
				conf = &tls.Config{RootCAs: roots}
			}
			s := client(t, cfg, func(http.ResponseWriter, *http.Request) {})
			if got := protocols(t, s, conf); got != test.want {
				t.Errorf("speaks %q, want %q", got, test.want)
			}
		})
	}
}

func TestClientCertificates(t *testing.T) {
	cert, key := certificate(t, t.TempDir())
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(pair.Leaf)
	anonymous := &tls.Config{RootCAs: roots}
	known := &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{pair}}
	for auth, want := range map[string][2]string{
		"":         {"", "HTTP/1.1"},
		"required": {"", "HTTP/1.1"},
		"optional": {"HTTP/1.1", "HTTP/1.1"},
		"none":     {"HTTP/1.1", "HTTP/1.1"},
	} {
		cfg := local()
		cfg.Listen.HTTP2 = config.HTTP2Off
		cfg.Listen.TLS = config.TLS{CertFile: cert, KeyFile: key, ClientCAFile: cert, ClientAuth: auth}
		s := client(t, cfg, func(http.ResponseWriter, *http.Request) {})
		if got := [2]string{protocols(t, s, anonymous), protocols(t, s, known)}; got != want {
			t.Errorf("clientAuth %q: answers without and with a certificate are %q, want %q", auth, got, want)
		}
	}
}

func TestCertificatesThatCannotBeUsed(t *testing.T) {
	dir := t.TempDir()
	cert, key := certificate(t, dir)
	empty := filepath.Join(dir, "empty.crt")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for want, conf := range map[string]config.TLS{
		"listen.tls: certFile and keyFile: open ":   {CertFile: "absent", KeyFile: key},
		"listen.tls: clientCAFile: open ":           {CertFile: cert, KeyFile: key, ClientCAFile: "absent"},
		`listen.tls: clientCAFile: "` + empty + `"`: {CertFile: cert, KeyFile: key, ClientCAFile: empty},
	} {
		cfg := local()
		cfg.Listen.TLS = conf
		if _, err := Client(cfg, http.NotFoundHandler(), quiet); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %s…", err, want)
		}
	}
}

func TestShutdownCutsOffWhatDoesNotEnd(t *testing.T) {
	entered := make(chan struct{})
	s, err := Client(local(), http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(entered)
		<-r.Context().Done()
	}), quiet)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", s.Address())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: h\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	<-entered
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := s.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want %v", err, context.DeadlineExceeded)
	}
	if !errors.Is(s.Err(), http.ErrServerClosed) {
		t.Errorf("ended by %v", s.Err())
	}
}

func TestAdmin(t *testing.T) {
	notReady := errors.New("draining")
	ready := notReady
	metrics := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "metrics") })
	cfg := local().Admin
	for _, profiles := range []bool{false, true} {
		cfg.Profiles = profiles
		s := Admin(cfg, func() error { return ready }, metrics, quiet)
		start(t, s)
		get := func(path string) string {
			r, body := ask(t, s.Address(), "GET "+path+" HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
			return fmt.Sprint(r.StatusCode, " ", strings.TrimSpace(body))
		}
		for path, want := range map[string]string{"/livez": "200 ok", "/readyz": "503 draining", "/metrics": "200 metrics"} {
			if got := get(path); got != want {
				t.Errorf("%s: got %q, want %q", path, got, want)
			}
		}
		ready = nil
		if got := get("/readyz"); got != "200 ready" {
			t.Errorf("/readyz: got %q", got)
		}
		ready = notReady
		if got := get("/debug/pprof/cmdline"); strings.HasPrefix(got, "200") != profiles {
			t.Errorf("profiles %v: got %q", profiles, got)
		}
	}
}

func TestMemoryLimit(t *testing.T) {
	if n := MemoryLimit(); n <= 0 {
		t.Errorf("got %d", n)
	}
	file := filepath.Join(t.TempDir(), "memory.max")
	for text, want := range map[string]int64{"1048576\n": 1 << 20, "max\n": 1<<63 - 1, "": 1<<63 - 1} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := number(file); got != want {
			t.Errorf("%q: got %d, want %d", text, got, want)
		}
	}
}

// TestConnectionsWait: a connection above the limit is served when another one ends.
func TestConnectionsWait(t *testing.T) {
	cfg := local()
	cfg.Limits.Connections = 1
	s := client(t, cfg, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "ok") })
	first, err := net.Dial("tcp", s.Address())
	if err != nil {
		t.Fatal(err)
	}
	const request = "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
	if _, err := io.WriteString(first, "GET / HTTP/1.1\r\nHost: h\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := http.ReadResponse(bufio.NewReader(first), nil); err != nil { // it has the only place
		t.Fatal(err)
	}
	second, err := net.Dial("tcp", s.Address())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = second.Close() }()
	if _, err := io.WriteString(second, request); err != nil {
		t.Fatal(err)
	}
	if err := second.SetReadDeadline(time.Now().Add(100 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if n, err := second.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("read %d bytes and %v beside a connection that has the only place", n, err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if err := second.SetReadDeadline(time.Time{}); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(second), nil)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Errorf("got %v, %v after the other connection ended", answer, err)
	}
}
