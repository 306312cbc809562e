// Package security turns the security object of an endpoint (schema/endpoint.json) into what a Kafka
// client needs to connect: the protocol, its TLS configuration and its SASL mechanism.
//
// Construction never degrades: what cannot be honoured is an error, never a weaker connection.
package security

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/jaas"
)

// Protocol is the value of security.protocol, as Kafka names it.
type Protocol string

// The protocols.
const (
	Plaintext     Protocol = "PLAINTEXT"
	SSL           Protocol = "SSL"
	SASLPlaintext Protocol = "SASL_PLAINTEXT"
	SASLSSL       Protocol = "SASL_SSL"
)

func (p Protocol) encrypted() bool { return p == SSL || p == SASLSSL }
func (p Protocol) logsIn() bool    { return p == SASLPlaintext || p == SASLSSL }

// Config is a security object as evaluated for one client. The zero value is PLAINTEXT.
type Config struct {
	Protocol   Protocol
	TrustStore TrustStore
	KeyStore   KeyStore
	Mechanism  string     // of SASL, as Kafka names it; "" when the protocol does not log in
	Login      jaas.Entry // for Mechanism
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
	Location         string // path of a file; of PEM: with the key, and the certificate chain unless that is inline
	Password         core.Secret
	Key              core.Secret // inline PEM, or base64 of the store
	KeyPassword      core.Secret
	CertificateChain string // inline PEM
}

// object is the security object as text has it. Unknown members were refused by its schema.
type object struct {
	Protocol string `json:"protocol"`
	SASL     struct {
		SASLMechanism, SASLJaasConfig string
	} `json:"sasl"`
	SSL struct {
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
	switch c.Protocol {
	case Plaintext, SSL:
	case SASLPlaintext, SASLSSL:
		if err := c.readLogin(o.SASL.SASLMechanism, o.SASL.SASLJaasConfig); err != nil {
			return Config{}, err
		}
	default:
		return Config{}, fmt.Errorf("security.protocol %q is none of PLAINTEXT, SASL_PLAINTEXT, SASL_SSL, SSL", o.Protocol)
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
