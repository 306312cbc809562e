package security

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/sasl"

	"github.com/penstock-dev/penstock/runtime/jaas"
)

// opener gives the mechanism of a login whose options were read. It reads the files that they
// name; log is told when those change.
type opener func(log *slog.Logger) (sasl.Mechanism, error)

// ready opens a mechanism that has no files.
func ready(m sasl.Mechanism) opener {
	return func(*slog.Logger) (sasl.Mechanism, error) { return m, nil }
}

// mechanisms read the options of a login that package jaas found complete.
var mechanisms = map[string]func(jaas.Entry) (opener, error){
	"PLAIN":         plainLogin,
	"SCRAM-SHA-256": scram256Login,
	"SCRAM-SHA-512": scram512Login,
	"OAUTHBEARER":   bearerLogin,
	"GSSAPI":        kerberosLogin,
	"AWS_MSK_IAM":   mskLogin,
}

// readLogin takes mechanism and JAAS text of the sasl object. The error never holds a part of
// the text.
func (c *Config) readLogin(mechanism, text string) error {
	name := jaas.Mechanism(mechanism)
	if !slices.Contains(jaas.Served(), name) {
		return fmt.Errorf("security.sasl.saslMechanism %q is not served by this version, which logs in with %s",
			mechanism, strings.Join(jaas.Served(), ", "))
	}
	if name == "AWS_MSK_IAM" && c.Protocol != SASLSSL {
		return errors.New("security.sasl.saslMechanism AWS_MSK_IAM needs security.protocol SASL_SSL")
	}
	entry, err := jaas.Login(name, text)
	if err != nil {
		return fmt.Errorf("security.sasl.saslJaasConfig: %w", err)
	}
	c.Mechanism, c.Login = name, entry
	_, err = c.opener()
	return err
}

func (c Config) opener() (opener, error) {
	open, err := mechanisms[c.Mechanism](c.Login)
	if err != nil {
		return nil, fmt.Errorf("security.sasl.saslJaasConfig: %w", err)
	}
	return open, nil
}

// SASL gives the mechanism that a client logs in with, nil when the protocol does not log in.
// Files are read now. One mechanism is for all clients of a configuration; it is a
// sasl.ClosingMechanism when there is something to close after them.
func (c Config) SASL(log *slog.Logger) (sasl.Mechanism, error) {
	if !c.Protocol.logsIn() {
		return nil, nil //nolint:nilnil // no login is a valid answer, not a failure
	}
	open, err := c.opener()
	if err != nil {
		return nil, err
	}
	m, err := open(log)
	if err != nil {
		return nil, fmt.Errorf("security.sasl.saslJaasConfig: %w", err)
	}
	return m, nil
}

// Expires says when a login ends for good: the expiry of the JWT in access_token. Every other
// login, and a token that is no JWT, has no known end.
func (c Config) Expires() (time.Time, bool) {
	if c.Mechanism != "OAUTHBEARER" {
		return time.Time{}, false
	}
	return expiry(option(c.Login, "access_token"))
}

// option gives the value of an option that is there, or "".
func option(e jaas.Entry, name string) string {
	value, _ := e.Get(name)
	return value
}
