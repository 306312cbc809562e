package runtime_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/runtime"
	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// TestCheckStores: what is wrong with stores that are here, without their passwords.
func TestCheckStores(t *testing.T) {
	const stores = "internal/security/testdata/stores/"
	object := func(protocol, trust, key string) endpoint.JSON {
		return endpoint.JSON(`{"configuration":{"bootstrapServers":"a:1"},"sharedConfigurationOverride":{"security":{"protocol":"` + protocol +
			`","ssl":{"trustStore":` + trust + `,"keystore":` + key + `}}}}`)
	}
	login := func(protocol, mechanism, options string) endpoint.JSON {
		return endpoint.JSON(`{"configuration":{"bootstrapServers":"a:1"},"sharedConfigurationOverride":{"security":{"protocol":"` + protocol +
			`","sasl":{"saslMechanism":"` + mechanism + `","saslJaasConfig":"com.sun.security.auth.module.Krb5LoginModule required useKeyTab=true serviceName=\"kafka\" principal=\"a@B\" ` + options + `;"}}}}`)
	}
	for _, test := range []struct {
		name   string
		object endpoint.JSON
		want   []string
	}{
		{"they open", object("SSL", `{"type":"JKS","location":"`+stores+`j25-JKS.ts","password":"changeit"}`, `{"type":"NONE"}`), nil},
		{
			"wrong password", object("SASL_SSL", `{"type":"PKCS12","location":"`+stores+`j25-PKCS12.ts","password":"geheim"}`, `{}`),
			[]string{`d.yaml:1:2 false security.ssl.trustStore: the password is wrong`},
		},
		{
			"not here", object("SSL", `{}`, `{"type":"PEM","location":"gone.pem"}`),
			[]string{`d.yaml:3:4 true security.ssl.keystore: open gone.pem: no such file or directory`},
		},
		{"computed", object("SSL", `{"type":"PEM","location":"{#properties['ca']}"}`, `{"type":"JKS","location":"gone.jks","password":"{#secrets.get('/env/P')}"}`), nil},
		{
			"keytab not here", login("SASL_PLAINTEXT", "GSSAPI", `keyTab=\"gone.keytab\"`),
			[]string{`d.yaml:5:6 true security.sasl.saslJaasConfig: keyTab: open gone.keytab: no such file or directory`},
		},
		{
			"no keytab", login("SASL_PLAINTEXT", "GSSAPI", `keyTab=\"`+stores+`j25-JKS.ts\"`),
			[]string{`d.yaml:5:6 false security.sasl.saslJaasConfig: keyTab is no keytab, or damaged`},
		},
		{"keytab computed", login("SASL_PLAINTEXT", "GSSAPI", `keyTab=\"{#properties['keytab']}\"`), nil},
		{"without login", login("PLAINTEXT", "GSSAPI", `keyTab=\"gone.keytab\"`), nil},
		{"without TLS", object("PLAINTEXT", `{"type":"PEM","location":"gone.pem"}`, `{}`), nil},
	} {
		d := endpoint.Descriptor{Endpoints: []endpoint.JSON{test.object}, Origin: []endpoint.Origin{
			{Endpoint: "default", Pointer: "/sharedConfigurationOverride/security/ssl/trustStore/type", Source: "d.yaml:1:1"},
			{Endpoint: "default", Pointer: "/sharedConfigurationOverride/security/ssl/trustStore/location", Source: "d.yaml:1:2"},
			{Endpoint: "default", Pointer: "/sharedConfigurationOverride/security/ssl/keystore/type", Source: "d.yaml:3:4"},
			{Endpoint: "default", Pointer: "/sharedConfigurationOverride/security/sasl/saslJaasConfig", Source: "d.yaml:5:6"},
		}}
		var got []string
		for _, p := range runtime.CheckStores(d) {
			got = append(got, fmt.Sprintf("%s %v %v", p.Source, p.Missing, p.Err))
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}
