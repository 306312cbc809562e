package security

import (
	"github.com/twmb/franz-go/pkg/sasl/plain"

	"github.com/penstock-dev/penstock/runtime/jaas"
)

// plainLogin is PLAIN (RFC 4616): the password goes over the connection as it is.
func plainLogin(e jaas.Entry) (opener, error) {
	return ready(plain.Auth{User: option(e, "username"), Pass: option(e, "password")}.AsMechanism()), nil
}
