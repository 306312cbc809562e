package security

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
)

// noStore is the store type that says: there is none.
const noStore = "NONE"

// TLS gives the TLS configuration of a client, nil for PLAINTEXT. Files are read now. TLS 1.2
// is the least; host names are always checked, whatever Java's
// ssl.endpoint.identification.algorithm would say.
func (c Config) TLS() (*tls.Config, error) {
	if c.Protocol != SSL {
		return nil, nil //nolint:nilnil // no TLS is a valid answer, not a failure
	}
	roots, err := c.TrustStore.pool()
	if err != nil {
		return nil, fmt.Errorf("security.ssl.trustStore: %w", err)
	}
	conf := &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots}
	cert, err := c.KeyStore.certificate()
	if err != nil {
		return nil, fmt.Errorf("security.ssl.keystore: %w", err)
	}
	if cert != nil {
		conf.Certificates = []tls.Certificate{*cert}
	}
	return conf, nil
}

// pool gives the authorities of the store, nil for the system's roots.
func (s TrustStore) pool() (*x509.CertPool, error) {
	switch {
	case s.Type == noStore || s == (TrustStore{}):
		return nil, nil //nolint:nilnil // crypto/tls takes nil as the system's roots
	case s.Location == "" && s.Certificates == "":
		return nil, errors.New("location or certificates are needed")
	case s.Location != "" && s.Certificates != "":
		return nil, errors.New("location and certificates exclude each other")
	}
	content, err := content(s.Location, s.Certificates)
	if err != nil {
		return nil, err
	}
	certs, err := parseCertificates(content)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	for _, cert := range certs {
		pool.AddCert(cert)
	}
	return pool, nil
}

// certificate gives the client's certificate, nil for none.
func (s KeyStore) certificate() (*tls.Certificate, error) {
	key, chain := s.Key.Reveal(), s.CertificateChain
	switch {
	case s.Type == noStore || s == (KeyStore{}):
		return nil, nil //nolint:nilnil // no client certificate is a valid answer
	case s.Location == "" && key == "" && chain == "":
		return nil, errors.New("location, or key and certificateChain, are needed")
	case s.Location != "" && (key != "" || chain != ""):
		return nil, errors.New("location excludes key and certificateChain")
	case s.Location == "" && (key == "" || chain == ""):
		return nil, errors.New("key and certificateChain need each other")
	}
	keyText, chainText := []byte(key), []byte(chain)
	if s.Location != "" {
		file, err := content(s.Location, "")
		if err != nil {
			return nil, err
		}
		keyText, chainText = file, file
	}
	return parseKeyPair(chainText, keyText)
}
