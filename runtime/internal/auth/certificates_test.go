package auth

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/runtime/internal/config"
)

// shown is a request on a connection whose client has shown a certificate.
func shown(t *testing.T, verified bool, cert *x509.Certificate) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/orders", nil)
	r.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{cert}}
	if verified {
		r.TLS.VerifiedChains = [][]*x509.Certificate{{cert}}
	}
	return r
}

func TestCertificates(t *testing.T) {
	spiffe := &url.URL{Scheme: "spiffe", Host: "example", Path: "/shop/web"}
	cert := &x509.Certificate{
		Subject: pkix.Name{CommonName: "shop", Organization: []string{"Example"}}, Issuer: pkix.Name{CommonName: "ca"},
		SerialNumber: big.NewInt(255), NotAfter: time.Now().Add(time.Hour),
		URIs: []*url.URL{spiffe}, DNSNames: []string{"shop.example"}, EmailAddresses: []string{"shop@example.com"},
	}
	for _, test := range []struct {
		allowed string
		want    bool
	}{
		{"CN=shop,O=Example", true},
		{"CN=shop", false},
		{"CN=shop,*", true},
		{"uri:spiffe://example/shop/*", true},
		{"uri:spiffe://example/*/web", false},
		{"dns:shop.example", true},
		{"shop.example", false},
		{"dns:SHOP.example", false},
		{"email:shop@example.com", true},
		{"*", true},
	} {
		d := newDoor(t, map[string]config.Verifier{"mtls": {Subjects: []string{"CN=other", test.allowed}}}, one(tlsScheme))
		w := d.serve(shown(t, true, cert))
		if (w.Code == http.StatusNoContent) != test.want {
			t.Errorf("%q: got %d %s", test.allowed, w.Code, w.Body)
		}
		if !test.want && !strings.Contains(w.Body.String(), `"detail":"the certificate is not one that may call"`) {
			t.Errorf("%q: got %s", test.allowed, w.Body)
		}
		if test.want && (d.saw.Subject != "CN=shop,O=Example" || !d.saw.Expires.Equal(cert.NotAfter)) {
			t.Errorf("got %+v", d.saw)
		}
	}
	d := newDoor(t, map[string]config.Verifier{"mtls": {Subjects: []string{"*"}}}, one(tlsScheme))
	if w := d.serve(shown(t, false, cert)); w.Code != 401 || w.Header().Get("WWW-Authenticate") != `MutualTLS realm="mtls"` {
		t.Errorf("a certificate that nobody verified: got %d %s", w.Code, w.Header())
	}
	if w := d.serve(shown(t, true, cert)); w.Code != http.StatusNoContent {
		t.Fatalf("got %d %s", w.Code, w.Body)
	}
	want := map[string]any{
		"sub": "CN=shop,O=Example", "subject": "CN=shop,O=Example", "issuer": "CN=ca", "serial": "ff",
		"dns": []any{"shop.example"}, "uris": []any{"spiffe://example/shop/web"}, "emails": []any{"shop@example.com"},
	}
	if !reflect.DeepEqual(d.saw.Claims, want) {
		t.Errorf("got %v", d.saw.Claims)
	}
	d.refuses(401, "the operation needs credentials", "GET", "/orders")
}

func TestCertificateWithoutASubject(t *testing.T) {
	d := newDoor(t, map[string]config.Verifier{"mtls": {Subjects: []string{"*"}}}, one(tlsScheme))
	cert := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"a.example"}}
	if w := d.serve(shown(t, true, cert)); w.Code != http.StatusNoContent || d.saw.Subject != "dns:a.example" {
		t.Errorf("got %d %+v", w.Code, d.saw)
	}
	cert.DNSNames = nil
	if w := d.serve(shown(t, true, cert)); w.Code != http.StatusUnauthorized {
		t.Errorf("a certificate without any name: got %d", w.Code)
	}
}
