package auth

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
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
	if cert.RawSubject == nil {
		cert.RawSubject = encoded(t, cert.Subject.ToRDNSequence())
	}
	if cert.RawIssuer == nil {
		cert.RawIssuer = encoded(t, cert.Issuer.ToRDNSequence())
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/orders", nil)
	r.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{cert}}
	if verified {
		r.TLS.VerifiedChains = [][]*x509.Certificate{{cert}}
	}
	return r
}

// encoded is a name as certificates have it.
func encoded(t *testing.T, name pkix.RDNSequence) []byte {
	t.Helper()
	der, err := asn1.Marshal(name)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestCertificates(t *testing.T) {
	spiffe := &url.URL{Scheme: "spiffe", Host: "example", Path: "/shop/web"}
	cert := &x509.Certificate{
		Subject: pkix.Name{CommonName: "shop", Organization: []string{"Example"}}, Issuer: pkix.Name{CommonName: "ca"},
		SerialNumber: big.NewInt(255), NotAfter: time.Now().Add(time.Hour),
		URIs: []*url.URL{spiffe}, DNSNames: []string{"shop.example"}, EmailAddresses: []string{"shop@example.com"},
	}
	const name, web = "CN=shop,O=Example", "uri:spiffe://example/shop/web"
	for _, test := range []struct{ allowed, subject string }{
		{"CN=shop,O=Example", name},
		{"CN=shop", ""},
		{"CN=shop,*", name},
		{"uri:spiffe://example/shop/*", web},
		{"uri:spiffe://example/*/web", ""},
		{"dns:shop.example", "dns:shop.example"},
		{"shop.example", ""},
		{"dns:SHOP.example", ""},
		{"email:shop@example.com", "email:shop@example.com"},
		{"*", name},
	} {
		want := test.subject != ""
		d := newDoor(t, map[string]config.Verifier{"mtls": {Subjects: []string{"CN=other", test.allowed}}}, one(tlsScheme))
		w := d.serve(shown(t, true, cert))
		if (w.Code == http.StatusNoContent) != want {
			t.Errorf("%q: got %d %s", test.allowed, w.Code, w.Body)
		}
		if !want && !strings.Contains(w.Body.String(), `"detail":"the certificate is not one that may call"`) {
			t.Errorf("%q: got %s", test.allowed, w.Body)
		}
		if want && (d.saw.Subject != test.subject || d.saw.Claims["sub"] != test.subject || !d.saw.Expires.Equal(cert.NotAfter)) {
			t.Errorf("%q: got %+v", test.allowed, d.saw)
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

// TestCertificatesOfOneSubject has an authority that gives every certificate the same subject, as
// those of SPIFFE do: callers that are let in by another name are different callers.
func TestCertificatesOfOneSubject(t *testing.T) {
	d := newDoor(t, map[string]config.Verifier{"mtls": {Subjects: []string{"uri:spiffe://example/*"}}}, one(tlsScheme))
	seen := map[string]bool{}
	for _, path := range []string{"/shop", "/billing"} {
		cert := &x509.Certificate{
			Subject: pkix.Name{Country: []string{"US"}, Organization: []string{"SPIRE"}}, SerialNumber: big.NewInt(1),
			URIs: []*url.URL{{Scheme: "spiffe", Host: "example", Path: path}}, NotAfter: time.Now().Add(time.Hour),
		}
		if w := d.serve(shown(t, true, cert)); w.Code != http.StatusNoContent || d.saw.Subject != "uri:spiffe://example"+path {
			t.Errorf("%s: got %d, subject %q", path, w.Code, d.saw.Subject)
		}
		seen[d.saw.Subject] = true
	}
	if len(seen) != 2 {
		t.Errorf("two callers are %d subjects", len(seen))
	}
}

// TestSubjectsOfOneMeaning: the order of the parts of a subject, how many there are and which stand
// together count.
func TestSubjectsOfOneMeaning(t *testing.T) {
	part := func(id int, value string) pkix.AttributeTypeAndValue {
		return pkix.AttributeTypeAndValue{Type: asn1.ObjectIdentifier{2, 5, 4, id}, Value: value}
	}
	evil, shop, example, other := part(3, "evil"), part(3, "shop"), part(10, "Example"), part(10, "Other")
	for _, test := range []struct {
		name     string
		sequence pkix.RDNSequence
		want     string
	}{
		{"organization first", pkix.RDNSequence{{example}, {shop}}, "CN=shop,O=Example"},
		{"name first", pkix.RDNSequence{{shop}, {example}}, "O=Example,CN=shop"},
		{"two names", pkix.RDNSequence{{example}, {evil}, {shop}}, "CN=shop,CN=evil,O=Example"},
		{"two organizations", pkix.RDNSequence{{other}, {example}, {shop}}, "CN=shop,O=Example,O=Other"},
		{"in one part", pkix.RDNSequence{{example, shop}}, "CN=shop+O=Example"},
		{"a comma", pkix.RDNSequence{{part(3, "shop,O=Example")}}, `CN=shop\,O=Example`},
	} {
		t.Run(test.name, func(t *testing.T) {
			cert := &x509.Certificate{RawSubject: encoded(t, test.sequence), SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
			cert.Subject.FillFromRDNSequence(&test.sequence)
			d := newDoor(t, map[string]config.Verifier{"mtls": {Subjects: []string{"*"}}}, one(tlsScheme))
			if w := d.serve(shown(t, true, cert)); w.Code != http.StatusNoContent || d.saw.Subject != test.want || d.saw.Claims["subject"] != test.want {
				t.Errorf("got %d, subject %q, want %q", w.Code, d.saw.Subject, test.want)
			}
		})
	}
}

// TestCertificateThatExpiresOnItsConnection: a connection lasts longer than the handshake that looked
// at its certificate.
func TestCertificateThatExpiresOnItsConnection(t *testing.T) {
	d := newDoor(t, map[string]config.Verifier{"mtls": {Subjects: []string{"*"}}}, one(tlsScheme))
	cert := &x509.Certificate{Subject: pkix.Name{CommonName: "shop"}, SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(-time.Second)}
	w := d.serve(shown(t, true, cert))
	if w.Code != http.StatusUnauthorized || !strings.Contains(w.Body.String(), `"detail":"the certificate has expired"`) {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

func TestCertificateWithoutASubject(t *testing.T) {
	d := newDoor(t, map[string]config.Verifier{"mtls": {Subjects: []string{"*"}}}, one(tlsScheme))
	cert := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"a.example"}, NotAfter: time.Now().Add(time.Hour)}
	if w := d.serve(shown(t, true, cert)); w.Code != http.StatusNoContent || d.saw.Subject != "dns:a.example" {
		t.Errorf("got %d %+v", w.Code, d.saw)
	}
	cert.DNSNames = nil
	if w := d.serve(shown(t, true, cert)); w.Code != http.StatusUnauthorized {
		t.Errorf("a certificate without any name: got %d", w.Code)
	}
}
