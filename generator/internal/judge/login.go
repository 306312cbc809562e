package judge

import (
	"errors"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/effective"
	"github.com/penstock-dev/penstock/runtime/expr"
	"github.com/penstock-dev/penstock/runtime/jaas"
	"github.com/penstock-dev/penstock/schema"
)

// login judges how the endpoint logs in, as far as it is the same for every request.
func (o *operation) login(e *effective.Endpoint) {
	security := e.Section("security")
	protocol, _ := security["protocol"].(string)
	sasl, _ := security["sasl"].(map[string]any)
	mechanism, named := sasl["saslMechanism"].(string)
	if !strings.HasPrefix(protocol, "SASL_") && !schema.IsExpression(protocol) && !o.supplied("security.protocol") {
		return // there is no login
	}
	text, written := sasl["saslJaasConfig"].(string)
	if !written || text == "" {
		return // the schema's issue
	}
	if !named || schema.IsExpression(mechanism) || o.supplied("security.sasl.saslMechanism") {
		mechanism = ""
	}
	if err := checkLogin(mechanism, text); err != nil {
		o.failLayer(e, shared+"/security/sasl/saslJaasConfig", "saslJaasConfig: %v", err)
	}
}

// checkLogin checks a JAAS text for a mechanism; for "" only what holds for all of them.
func checkLogin(mechanism, text string) error {
	if isComputed(text) {
		t, err := expr.Compile(strings.TrimSpace(text), expr.Configuration)
		if err == nil && !t.Whole() {
			return errors.New("an expression stands for the whole text or for the value of an option")
		}
		return nil // faults of the expression are reported where it stands
	}
	if mechanism == "" {
		_, err := jaas.Parse(text)
		return err
	}
	_, err := jaas.Login(jaas.Mechanism(mechanism), text)
	return err
}
