package attacks

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// authority signs certificates.
type authority struct {
	t    *testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{t: t}
	template := &x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	made := a.sign("authority", template)
	a.cert, a.key = made.Leaf, made.PrivateKey.(*ecdsa.PrivateKey)
	return a
}

// sign makes a certificate; the first one of an authority is its own.
func (a *authority) sign(name string, template *x509.Certificate) tls.Certificate {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	template.SerialNumber, template.Subject = big.NewInt(time.Now().UnixNano()), pkix.Name{CommonName: name}
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	parent, signer := a.cert, a.key
	if parent == nil {
		parent, signer = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		a.t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		a.t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

func (a *authority) client(name string) tls.Certificate {
	return a.sign(name, &x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
}

// TestStrangersCertificate: a certificate of another authority, or of a name that is not on the
// list, lets nobody in; neither does a name that is only written in a header.
func TestStrangersCertificate(t *testing.T) {
	ours, theirs := newAuthority(t), newAuthority(t)
	server := ours.sign("gateway", &x509.Certificate{IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}})
	folder := t.TempDir()
	keep := func(name, kind string, der []byte) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(folder, name), pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	key, err := x509.MarshalPKCS8PrivateKey(server.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	keep("cert", "CERTIFICATE", server.Certificate[0])
	keep("key", "PRIVATE KEY", key)
	keep("ca", "CERTIFICATE", ours.cert.Raw)
	r := start(t, "listen: { tls: { certFile: "+folder+"/cert, keyFile: "+folder+"/key, clientCAFile: "+folder+"/ca, clientAuth: optional } }\n"+
		"auth: { mtls: { subjects: [CN=shop] } }", orders("none", endpoint.Requirement{certScheme}))
	r.URL = "https://" + r.address
	roots := x509.NewCertPool()
	roots.AddCert(ours.cert)
	with := func(certs ...tls.Certificate) *http.Client {
		transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			for _, c := range certs { // whatever the gateway asks for
				return &c, nil
			}
			return &tls.Certificate{}, nil
		}}}
		t.Cleanup(transport.CloseIdleConnections)
		return &http.Client{Transport: transport}
	}
	r.HTTP = with(ours.client("shop"))
	r.post(`{"id":"a"}`).Want(t, 202)
	r.HTTP = with(ours.client("other"))
	r.post(`{"id":"a"}`).WantProblem(t, 403, "FAILURE_FORBIDDEN")
	r.HTTP = with()
	r.post(`{"id":"a"}`, "X-Client-Cert: CN=shop", "X-Forwarded-Client-Cert: Subject=\"CN=shop\"", "X-SSL-Client-S-DN: CN=shop").WantProblem(t, 401, "FAILURE_UNAUTHENTICATED")
	r.HTTP = with(theirs.client("shop"))
	response, err := r.HTTP.Do(r.Request("POST", "/orders", `{"id":"a"}`, "Content-Type: application/json"))
	if err == nil {
		_ = response.Body.Close()
		t.Errorf("a certificate of another authority got %d", response.StatusCode)
	}
	if n := r.written("orders"); n != 1 {
		t.Errorf("%d records, want the one of shop", n)
	}
}
