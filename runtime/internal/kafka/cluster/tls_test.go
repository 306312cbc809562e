package cluster

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// certificate makes a self-signed certificate for 127.0.0.1, for either side.
func certificate(t *testing.T) (cert, key string, pair tls.Certificate) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "penstock"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	keyPEM := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})
	pair, err = tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		t.Fatal(err)
	}
	return string(certPEM), string(keyPEM), pair
}

func TestTLS(t *testing.T) {
	brokerCert, _, brokerPair := certificate(t)
	clientCert, clientKey, _ := certificate(t)
	clients := x509.NewCertPool()
	clients.AppendCertsFromPEM([]byte(clientCert))
	b := broker(t, kfake.SeedTopics(1, "orders"), kfake.TLS(&tls.Config{
		MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{brokerPair},
		ClientCAs: clients, ClientAuth: tls.RequireAndVerifyClientCert,
	}))
	trust := map[string]any{"type": "PEM", "certificates": brokerCert}
	own := map[string]any{"type": "PEM", "key": clientKey, "certificateChain": clientCert}
	for name, tt := range map[string]struct {
		security map[string]any
		code     core.Code
	}{
		"mutual":             {map[string]any{"protocol": "SSL", "ssl": map[string]any{"trustStore": trust, "keystore": own}}, ""},
		"system roots":       {map[string]any{"protocol": "SSL", "ssl": map[string]any{"keystore": own}}, core.CodeBrokerUnavailable},
		"no own certificate": {map[string]any{"protocol": "SSL", "ssl": map[string]any{"trustStore": trust}}, core.CodeBrokerUnavailable},
		"plaintext":          {map[string]any{}, core.CodeBrokerUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			object, err := json.Marshal(map[string]any{
				"configuration":               map[string]any{"bootstrapServers": b.ListenAddrs()[0]},
				"sharedConfigurationOverride": map[string]any{"security": tt.security},
			})
			if err != nil {
				t.Fatal(err)
			}
			target, err := ParseTarget(endpoint.JSON(object))
			if err != nil {
				t.Fatal(err)
			}
			c, err := New(target, testConfig())
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := c.Close(t.Context()); err != nil {
					t.Error(err)
				}
			}()
			topics, err := c.Topics(t.Context(), "orders")
			if core.CodeOf(err) != tt.code {
				t.Errorf("got %v, want code %q", err, tt.code)
			}
			if tt.code == "" && topics["orders"] == nil {
				t.Error("the topic is missing")
			}
		})
	}
}

func TestNewRefusesStoresThatCannotBeRead(t *testing.T) {
	target, err := ParseTarget(`{"configuration":{"bootstrapServers":"kafka:9093"},"sharedConfigurationOverride":` +
		`{"security":{"protocol":"SSL","ssl":{"trustStore":{"type":"PEM","location":"/absent/ca.pem"}}}}}`)
	if err != nil {
		t.Fatal(err)
	}
	_, err = New(target, testConfig())
	const want = "connect: FAILURE_CONFIGURATION_INVALID: security.ssl.trustStore: open /absent/ca.pem: no such file or directory"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
