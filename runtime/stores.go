package runtime

import (
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"maps"
	"strings"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/compile"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/security"
	"github.com/penstock-dev/penstock/runtime/jaas"
	"github.com/penstock-dev/penstock/schema"
)

// securityPointer is where an endpoint object says how to connect.
const securityPointer = "/sharedConfigurationOverride/security"

// StoreProblem is what is wrong with a trust store, a key store or a keytab.
type StoreProblem struct {
	Source  string // where the document writes the store, or names the keytab: file:line:col
	Missing bool   // there is no such file on this machine
	Err     error  // it never holds a part of the store or a password
}

// CheckStores opens the stores of an operation's endpoints as the gateway does when it starts, for
// tools that check documents elsewhere. Stores with expressions, which only a gateway computes, and
// those of connections without TLS are passed over; so are keytabs of connections without a login.
func CheckStores(d endpoint.Descriptor) []StoreProblem {
	var problems []StoreProblem
	names := compile.Endpoints(d)
	for i, object := range d.Endpoints {
		for store, err := range storesOf(object) {
			problems = append(problems, StoreProblem{sourceOf(d, names[i], store), errors.Is(err, fs.ErrNotExist), err})
		}
	}
	return problems
}

// securityObject is the part of an endpoint object that says how to connect.
type securityObject struct {
	Shared struct {
		Security struct {
			Protocol security.Protocol
			SASL     struct{ SASLMechanism, SASLJaasConfig string }
			SSL      struct{ TrustStore, Keystore map[string]string }
		}
	} `json:"sharedConfigurationOverride"`
}

// storesOf opens the stores of an endpoint object and gives the error of each that has one, by the
// pointer of the store.
func storesOf(object endpoint.JSON) map[string]error {
	var o securityObject
	if err := json.Unmarshal([]byte(object), &o); err != nil {
		return nil // not an endpoint object, which its schema says
	}
	s, found := o.Shared.Security, make(map[string]error)
	if s.Protocol == security.SSL || s.Protocol == security.SASLSSL {
		trust, key := s.SSL.TrustStore, s.SSL.Keystore
		found[securityPointer+"/ssl/trustStore"] = checkStore(trust, security.Config{TrustStore: security.TrustStore{
			Type: trust["type"], Location: trust["location"], Password: core.NewSecret(trust["password"]), Certificates: trust["certificates"],
		}})
		found[securityPointer+"/ssl/keystore"] = checkStore(key, security.Config{KeyStore: security.KeyStore{
			Type: key["type"], Location: key["location"], Password: core.NewSecret(key["password"]),
			Key: core.NewSecret(key["key"]), KeyPassword: core.NewSecret(key["keyPassword"]), CertificateChain: key["certificateChain"],
		}})
	}
	if s.Protocol == security.SASLPlaintext || s.Protocol == security.SASLSSL {
		found[securityPointer+"/sasl/saslJaasConfig"] = checkKeyTab(s.Protocol, s.SASL.SASLMechanism, s.SASL.SASLJaasConfig)
	}
	maps.DeleteFunc(found, func(_ string, err error) bool { return err == nil })
	return found
}

// checkKeyTab reads the keytab that a JAAS text names; nil: it is fine, or there is none, or only a
// gateway knows.
func checkKeyTab(p security.Protocol, mechanism, text string) error {
	if mechanism != "GSSAPI" || schema.IsExpression(text) {
		return nil
	}
	login, err := jaas.Login(mechanism, text)
	if err != nil {
		return nil //nolint:nilerr // the generator says so at its place
	}
	return security.Config{Protocol: p, Mechanism: mechanism, Login: login}.CheckKeyTab()
}

// sourceOf is where the document writes a store: its location, else the first of its members.
func sourceOf(d endpoint.Descriptor, name, store string) string {
	source := ""
	for _, o := range d.Origin {
		switch {
		case o.Endpoint != name || o.Pointer != store && !strings.HasPrefix(o.Pointer, store+"/"):
		case o.Pointer == store || o.Pointer == store+"/location":
			return o.Source
		case source == "":
			source = o.Source
		}
	}
	return source
}

// checkStore opens one store; nil: it is fine, or only a gateway can open it.
func checkStore(store map[string]string, c security.Config) error {
	for _, text := range store {
		if schema.IsExpression(text) {
			return nil
		}
	}
	c.Protocol = security.SSL
	_, err := c.TLS(slog.New(slog.DiscardHandler))
	return err
}
