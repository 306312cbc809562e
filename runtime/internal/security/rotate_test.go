package security

import (
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/test/lines"
)

// soon makes the next connection look at the files.
func (t *TLS) soon() {
	for _, next := range []*time.Time{&t.roots.next, &t.own.next} {
		*next = time.Time{}
	}
}

// TestRotation: a certificate and an authority that were replaced are used for the next connection.
func TestRotation(t *testing.T) {
	cert, key := pair(t, "first")
	keys := file(t, key+cert)
	broker := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.TLS.PeerCertificates[0].Subject.CommonName)
	}))
	broker.TLS = &tls.Config{MinVersion: tls.VersionTLS12, ClientAuth: tls.RequireAnyClientCert}
	broker.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	broker.StartTLS()
	defer broker.Close()
	trust := file(t, cert)
	c, err := Parse(sslObject(t, map[string]any{
		"trustStore": map[string]any{"type": "PEM", "location": trust},
		"keystore":   map[string]any{"type": "PEM", "location": keys},
	}))
	if err != nil {
		t.Fatal(err)
	}
	var log lines.Lines
	conf, err := c.TLS(logTo(&log))
	if err != nil {
		t.Fatal(err)
	}
	get := func() (string, error) {
		client := http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: conf.ForDial()}}
		resp, err := client.Get(broker.URL)
		if err != nil {
			return "", err
		}
		defer func() { _ = resp.Body.Close() }()
		name, err := io.ReadAll(resp.Body)
		return string(name), err
	}
	if _, err := get(); err == nil || !strings.Contains(err.Error(), "unknown authority") {
		t.Fatalf("got %v, want that the broker is not trusted", err)
	}
	replace(t, trust, encode("CERTIFICATE", broker.Certificate().Raw))
	conf.soon()
	if name, err := get(); name != "first" || err != nil {
		t.Fatalf("got %q, %v, want that the new authority is trusted", name, err)
	}
	cert, key = pair(t, "second")
	replace(t, keys, cert) // not yet the whole
	conf.soon()
	if name, err := get(); name != "first" || err != nil {
		t.Fatalf("got %q, %v, want the certificate that was read before", name, err)
	}
	replace(t, keys, key+cert)
	conf.soon()
	if name, err := get(); name != "second" || err != nil {
		t.Fatalf("got %q, %v, want the new certificate", name, err)
	}
	if !strings.Contains(log.String(), `what=security.ssl.keystore error="there is no private key in it"`) {
		t.Errorf("log:\n%s", log.String())
	}
}

// TestHostNamesAreChecked: a certificate of a trusted authority for another host is refused.
func TestHostNamesAreChecked(t *testing.T) {
	broker := httptest.NewTLSServer(http.NotFoundHandler())
	broker.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	defer broker.Close()
	c, err := Parse(sslObject(t, map[string]any{"trustStore": map[string]any{"type": "PEM", "certificates": encode("CERTIFICATE", broker.Certificate().Raw)}}))
	if err != nil {
		t.Fatal(err)
	}
	made, err := c.TLS(slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string]string{"example.com": "", "127.0.0.1": "", "kafka.test": "tls: failed to verify certificate: x509: certificate is valid for example.com, *.example.com, not kafka.test"} {
		conn, err := net.Dial("tcp", broker.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		conf := made.ForDial()
		conf.ServerName = host
		secured := tls.Client(conn, conf)
		same(t, host, secured.HandshakeContext(t.Context()), want)
		_ = secured.Close()
	}
}
