package security

import (
	"errors"
	"strings"

	"github.com/twmb/franz-go/pkg/sasl/scram"

	"github.com/penstock-dev/penstock/runtime/jaas"
)

// scram256Login is SCRAM-SHA-256 (RFC 5802, RFC 7677).
func scram256Login(e jaas.Entry) (opener, error) {
	auth, err := scramAuth(e)
	return ready(auth.AsSha256Mechanism()), err
}

// scram512Login is SCRAM-SHA-512.
func scram512Login(e jaas.Entry) (opener, error) {
	auth, err := scramAuth(e)
	return ready(auth.AsSha512Mechanism()), err
}

// scramAuth reads the options; tokenauth says that they are id and HMAC of a delegation token
// (KIP-48).
func scramAuth(e jaas.Entry) (scram.Auth, error) {
	auth := scram.Auth{User: option(e, "username"), Pass: option(e, "password")}
	switch token := strings.ToLower(option(e, "tokenauth")); token {
	case "", "false":
	case "true":
		auth.IsToken = true
	default:
		return auth, errors.New("tokenauth is neither true nor false")
	}
	return auth, nil
}
