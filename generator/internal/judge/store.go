package judge

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"

	"github.com/penstock-dev/penstock/generator/internal/effective"
	"github.com/penstock-dev/penstock/schema"
)

// stores reads the certificates that stand in the document itself, as PEM text. Files and
// stores of other types are read when the gateway starts.
func (o *operation) stores(e *effective.Endpoint) {
	ssl, _ := e.Section("security")["ssl"].(map[string]any)
	for _, property := range []struct{ store, name string }{{"trustStore", "certificates"}, {"keystore", "certificateChain"}} {
		store, _ := ssl[property.store].(map[string]any)
		text, written := store[property.name].(string)
		if !written || store["type"] != "PEM" || schema.IsExpression(text) {
			continue
		}
		if problem := certificatesProblem(text); problem != "" {
			o.failLayer(e, shared+"/security/ssl/"+property.store+"/"+property.name, "%s: %s", property.name, problem)
		}
	}
}

// certificatesProblem says why a PEM text holds no certificates; "" when it does.
func certificatesProblem(text string) string {
	rest := []byte(text)
	count := 0
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" && block.Type != "TRUSTED CERTIFICATE" {
			continue
		}
		count++
		if _, err := x509.ParseCertificate(block.Bytes); err != nil {
			return fmt.Sprintf("certificate %d cannot be read: %v", count, err)
		}
	}
	if count == 0 {
		return "the text holds no PEM certificate"
	}
	return ""
}
