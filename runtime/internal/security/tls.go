package security

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"time"
)

// noStore is the store type that says: there is none.
const noStore = "NONE"

// TLS gives the TLS configuration of a client, nil when the protocol is not encrypted. Files are read now. TLS 1.2
// is the least; host names are always checked, whatever Java's
// ssl.endpoint.identification.algorithm would say.
func (c Config) TLS() (*tls.Config, error) {
	if !c.Protocol.encrypted() {
		return nil, nil //nolint:nilnil // no TLS is a valid answer, not a failure
	}
	roots, err := c.TrustStore.pool()
	if err != nil {
		return nil, fmt.Errorf("security.ssl.trustStore: %w", err)
	}
	conf := &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots}
	if conf.Certificates, err = c.KeyStore.certificates(); err != nil {
		return nil, fmt.Errorf("security.ssl.keystore: %w", err)
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
	certs, err := s.trusted()
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	for _, cert := range certs {
		pool.AddCert(cert)
	}
	return pool, nil
}

func (s TrustStore) trusted() ([]*x509.Certificate, error) {
	data, f, err := content(s.Location, s.Certificates)
	switch {
	case err != nil:
		return nil, err
	case f == formatJKS:
		return trustedJKS(data, s.Password.Reveal())
	case f == formatPKCS12:
		return trustedPKCS12(data, s.Password.Reveal())
	}
	return parseCertificates(data)
}

// certificates gives what the client may show, nothing for no store. TLS takes the first that
// the broker accepts.
func (s KeyStore) certificates() ([]tls.Certificate, error) {
	key, chain := s.Key.Reveal(), s.CertificateChain
	switch {
	case s.Type == noStore || s == (KeyStore{}):
		return nil, nil
	case s.Location == "" && key == "" && chain == "":
		return nil, errors.New("location, or key and certificateChain, are needed")
	case s.Location != "" && (key != "" || chain != ""):
		return nil, errors.New("location excludes key and certificateChain")
	case s.Location == "" && key == "":
		return nil, errors.New("key and certificateChain need each other")
	}
	data, f, err := content(s.Location, key)
	if err != nil {
		return nil, err
	}
	pairs, err := s.pairs(data, f)
	if err != nil {
		return nil, err
	}
	for _, pair := range pairs {
		if end := pair.Leaf.NotAfter; time.Now().After(end) {
			return nil, fmt.Errorf("the certificate of %q expired at %s", pair.Leaf.Subject, end.Format(time.RFC3339))
		}
	}
	return pairs, nil
}

// pairs reads the store. The password of a key is the store's where none is given.
func (s KeyStore) pairs(data []byte, f format) ([]tls.Certificate, error) {
	password, keyPassword := s.Password.Reveal(), s.KeyPassword.Reveal()
	if keyPassword == "" {
		keyPassword = password
	}
	if f != formatPEM && s.CertificateChain != "" {
		return nil, errors.New("certificateChain goes with a PEM key: a store has its own")
	}
	if f == formatJKS {
		return pairsJKS(data, password, keyPassword)
	}
	var pair tls.Certificate
	var err error
	switch {
	case f == formatPKCS12:
		pair, err = pairPKCS12(data, password, keyPassword)
	case s.Location != "":
		pair, err = pemPair(data, data, keyPassword)
	case s.CertificateChain == "":
		err = errors.New("key and certificateChain need each other")
	default:
		pair, err = pemPair([]byte(s.CertificateChain), data, keyPassword)
	}
	if err != nil {
		return nil, err
	}
	return []tls.Certificate{pair}, nil
}
