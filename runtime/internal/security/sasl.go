package security

import (
	"fmt"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/sasl"

	"github.com/penstock-dev/penstock/runtime/jaas"
)

// mechanisms make the mechanism of a login that package jaas found complete.
var mechanisms = map[string]func(jaas.Entry) (sasl.Mechanism, error){
	"PLAIN":         plainLogin,
	"SCRAM-SHA-256": scram256Login,
	"SCRAM-SHA-512": scram512Login,
	"OAUTHBEARER":   bearerLogin,
}

// readLogin takes mechanism and JAAS text of the sasl object. The error never holds a part of
// the text.
func (c *Config) readLogin(mechanism, text string) error {
	name := jaas.Mechanism(mechanism)
	if !slices.Contains(jaas.Served(), name) {
		return fmt.Errorf("security.sasl.saslMechanism %q is not served by this version, which logs in with %s",
			mechanism, strings.Join(jaas.Served(), ", "))
	}
	entry, err := jaas.Login(name, text)
	if err != nil {
		return fmt.Errorf("security.sasl.saslJaasConfig: %w", err)
	}
	c.Mechanism, c.Login = name, entry
	_, err = c.SASL()
	return err
}

// SASL gives the mechanism that a client logs in with, nil when the protocol does not log in.
func (c Config) SASL() (sasl.Mechanism, error) {
	if !c.Protocol.logsIn() {
		return nil, nil //nolint:nilnil // no login is a valid answer, not a failure
	}
	m, err := mechanisms[c.Mechanism](c.Login)
	if err != nil {
		return nil, fmt.Errorf("security.sasl.saslJaasConfig: %w", err)
	}
	return m, nil
}

// option gives the value of an option that is there, or "".
func option(e jaas.Entry, name string) string {
	value, _ := e.Get(name)
	return value
}
