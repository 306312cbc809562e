// Package security turns the security object of an endpoint (design.md 3.1) into what a Kafka
// client needs to connect: the protocol and its TLS configuration.
//
// Construction never degrades: what cannot be honoured is an error, never a weaker connection.
package security

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// Protocol is the value of security.protocol, as Kafka names it.
type Protocol string

// The protocols that are served.
const (
	Plaintext Protocol = "PLAINTEXT"
	SSL       Protocol = "SSL"
)

// Config is a security object as evaluated for one client. The zero value is PLAINTEXT.
type Config struct {
	Protocol   Protocol
	TrustStore TrustStore
	KeyStore   KeyStore
}

// TrustStore holds the authorities that a broker's certificate must come from. The zero value,
// and type NONE, are the system's roots.
type TrustStore struct {
	Type         string
	Location     string // path of a file
	Password     core.Secret
	Certificates string // inline PEM, or base64 of the store
}

// KeyStore holds the client's certificate. The zero value, and type NONE, are no certificate.
type KeyStore struct {
	Type             string
	Location         string // path of a file with key and certificate chain
	Password         core.Secret
	Key              core.Secret // inline PEM
	KeyPassword      core.Secret
	CertificateChain string // inline PEM
}

// object is the security object as text has it. Unknown members were refused by its schema.
type object struct {
	Protocol string `json:"protocol"`
	SSL      struct {
		TrustStore struct {
			Type, Location, Password, Certificates string
		} `json:"trustStore"`
		KeyStore keyStoreObject `json:"keyStore"`
		Keystore keyStoreObject `json:"keystore"`
	} `json:"ssl"`
}

type keyStoreObject struct {
	Type, Location, Password, Key, KeyPassword, CertificateChain string
}

// Parse reads a security object; empty text is PLAINTEXT. A protocol or a combination that
// cannot be served is an error.
func Parse(text []byte) (Config, error) {
	if len(text) == 0 {
		return Config{Protocol: Plaintext}, nil
	}
	var o object
	if err := json.Unmarshal(text, &o); err != nil {
		return Config{}, fmt.Errorf("security: %w", err)
	}
	c := Config{Protocol: Protocol(o.Protocol)}
	if c.Protocol == "" {
		c.Protocol = Plaintext
	}
	if c.Protocol != Plaintext && c.Protocol != SSL {
		return Config{}, fmt.Errorf("security.protocol %q is not served by this version", o.Protocol)
	}
	trust, key := o.SSL.TrustStore, o.SSL.Keystore
	if o.SSL.KeyStore != (keyStoreObject{}) {
		if key != (keyStoreObject{}) {
			return Config{}, errors.New("security.ssl has both keystore and keyStore")
		}
		key = o.SSL.KeyStore
	}
	c.TrustStore = TrustStore{
		Type: trust.Type, Location: trust.Location, Certificates: trust.Certificates,
		Password: core.NewSecret(trust.Password),
	}
	c.KeyStore = KeyStore{
		Type: key.Type, Location: key.Location, CertificateChain: key.CertificateChain,
		Password: core.NewSecret(key.Password), Key: core.NewSecret(key.Key),
		KeyPassword: core.NewSecret(key.KeyPassword),
	}
	return c, nil
}
