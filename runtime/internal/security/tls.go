package security

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// noStore is the store type that says: there is none.
const noStore = "NONE"

// TLS makes the TLS configuration of each connection of a client. Safe for concurrent use.
type TLS struct {
	roots *watched[*x509.CertPool]
	own   *watched[[]tls.Certificate]
	log   *slog.Logger
}

// TLS gives the TLS configuration of a client, nil when the protocol is not encrypted. Files are
// read now, and again when one changed and a connection begins. While a changed file cannot be
// read, what was read before stays in use and log says so once.
func (c Config) TLS(log *slog.Logger) (*TLS, error) {
	if !c.Protocol.encrypted() {
		return nil, nil //nolint:nilnil // no TLS is a valid answer, not a failure
	}
	roots, err := watch("security.ssl.trustStore", files(c.TrustStore.Type, c.TrustStore.Location), c.TrustStore.pool)
	if err != nil {
		return nil, fmt.Errorf("security.ssl.trustStore: %w", err)
	}
	own, err := watch("security.ssl.keystore", files(c.KeyStore.Type, c.KeyStore.Location), c.KeyStore.certificates)
	if err != nil {
		return nil, fmt.Errorf("security.ssl.keystore: %w", err)
	}
	return &TLS{roots: roots, own: own, log: log}, nil
}

// ForDial gives a configuration for one connection, which is the caller's. TLS 1.2 is the least;
// host names are always checked, whatever Java's ssl.endpoint.identification.algorithm would say.
func (t *TLS) ForDial() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12, RootCAs: t.roots.get(t.log), Certificates: t.own.get(t.log),
	}
}

// files lists the file of a store, if it has one.
func files(kind, location string) []string {
	if kind == noStore || location == "" {
		return nil
	}
	return []string{location}
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
	case s.Location != "" && key != "":
		return nil, errors.New("location and key exclude each other")
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
	case s.CertificateChain != "":
		pair, err = pemPair([]byte(s.CertificateChain), data, keyPassword)
	case s.Location != "":
		pair, err = pemPair(data, data, keyPassword)
	default:
		err = errors.New("key and certificateChain need each other")
	}
	if err != nil {
		return nil, err
	}
	return []tls.Certificate{pair}, nil
}
