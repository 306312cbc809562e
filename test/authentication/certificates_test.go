package authentication

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/test/authentication/page"
	"github.com/penstock-dev/penstock/test/harness"
)

// authority signs certificates and writes them into a folder, as NAME.crt and NAME.key.
type authority struct {
	t      *testing.T
	folder string
	cert   *x509.Certificate
	key    *ecdsa.PrivateKey
}

// write signs a certificate; the first one is the authority's own.
func (a *authority) write(name string, template *x509.Certificate) {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	template.SerialNumber = big.NewInt(time.Now().UnixNano())
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	if a.cert == nil {
		a.cert, a.key = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		a.t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{
		name + ".crt": {Type: "CERTIFICATE", Bytes: der}, name + ".key": {Type: "PRIVATE KEY", Bytes: pkcs8},
	} {
		harness.WriteFile(a.t, a.folder, file, string(pem.EncodeToMemory(block)))
	}
}

// TestCertificates: the gateway and its partners have certificates of one authority.
func TestCertificates(t *testing.T) {
	p := page.Read(t, path)
	if n := len(p.Commands["certificates"]); n != 3 {
		t.Fatalf("found %d commands", n)
	}
	folder := t.TempDir()
	a := &authority{t: t, folder: folder}
	a.write("ca", &x509.Certificate{Subject: pkix.Name{CommonName: "authority"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign})
	ca, err := os.ReadFile(filepath.Join(folder, "ca.crt"))
	if err != nil {
		t.Fatal(err)
	}
	harness.WriteFile(t, folder, "clients-ca.crt", string(ca))
	a.write("tls", &x509.Certificate{
		Subject: pkix.Name{CommonName: "gateway"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	})
	for name, subject := range map[string]pkix.Name{
		"shop": {CommonName: "shop", Organization: []string{"Example"}}, "other": {CommonName: "other", Organization: []string{"Example"}},
	} {
		a.write(name, &x509.Certificate{Subject: subject, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	}
	g := p.Start(t, folder, "partners.yaml", "partners-gateway.yaml", page.Issuer)
	for _, c := range p.Commands["certificates"] {
		g.Run(t, c)
	}
}
