package security

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sslObject writes a security object with an ssl member.
func sslObject(t *testing.T, ssl map[string]any) []byte {
	t.Helper()
	text, err := json.Marshal(map[string]any{"protocol": "SSL", "ssl": ssl})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func file(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "store")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPlaintext(t *testing.T) {
	for _, text := range []string{"", "{}", `{"protocol":"PLAINTEXT"}`, `{"protocol":"PLAINTEXT","ssl":{"trustStore":{"type":"JKS","location":"/absent"}}}`} {
		c, err := Parse([]byte(text))
		if err != nil || c.Protocol != Plaintext {
			t.Errorf("%s: got %q, %v", text, c.Protocol, err)
		}
		if conf, err := c.TLS(slog.New(slog.DiscardHandler)); conf != nil || err != nil {
			t.Errorf("%s: got %v, %v, want no TLS", text, conf, err)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for text, want := range map[string]string{
		`{"protocol":"TLS"}`: `security.protocol "TLS" is none of PLAINTEXT, SASL_PLAINTEXT, SASL_SSL, SSL`,
		`{"protocol":1}`:     `security: json: cannot unmarshal number into Go struct field object.protocol of type string`,
		`{"protocol":"SSL","ssl":{"keystore":{"type":"PEM"},"keyStore":{"type":"PEM"}}}`: `security.ssl has both keystore and keyStore`,
	} {
		if _, err := Parse([]byte(text)); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}

func TestStores(t *testing.T) {
	cert, key := pair(t, "penstock")
	other, _ := pair(t, "other")
	encoded := base64.StdEncoding.EncodeToString([]byte(cert))
	for name, tt := range map[string]struct {
		ssl         map[string]any
		roots, cert bool
	}{
		"system roots":         {map[string]any{}, false, false},
		"none":                 {map[string]any{"trustStore": map[string]any{"type": "NONE"}, "keystore": map[string]any{"type": "NONE"}}, false, false},
		"inline":               {map[string]any{"trustStore": map[string]any{"type": "PEM", "certificates": cert + other}}, true, false},
		"base64":               {map[string]any{"trustStore": map[string]any{"type": "PEM", "certificates": encoded[:40] + "\n" + encoded[40:]}}, true, false},
		"file":                 {map[string]any{"trustStore": map[string]any{"type": "PEM", "location": file(t, cert)}}, true, false},
		"declared JKS, is PEM": {map[string]any{"trustStore": map[string]any{"type": "JKS", "location": file(t, cert)}}, true, false},
		"client inline":        {map[string]any{"keystore": map[string]any{"type": "PEM", "key": key, "certificateChain": cert}}, false, true},
		"client file":          {map[string]any{"keyStore": map[string]any{"type": "PEM", "location": file(t, key+cert)}}, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := Parse(sslObject(t, tt.ssl))
			if err != nil {
				t.Fatal(err)
			}
			made, err := c.TLS(slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			conf := made.ForDial()
			if (conf.RootCAs != nil) != tt.roots || (len(conf.Certificates) == 1) != tt.cert {
				t.Errorf("roots %v, certificates %d", conf.RootCAs != nil, len(conf.Certificates))
			}
			if conf.InsecureSkipVerify {
				t.Error("the broker's certificate is not checked")
			}
		})
	}
}

func TestStoreErrors(t *testing.T) {
	cert, key := pair(t, "penstock")
	_, foreign := pair(t, "other")
	jks, p12 := "\xfe\xed\xfe\xed\x00\x00\x00\x02", "\x30\x82\x01\x00"
	trust := func(list ...string) map[string]any { return map[string]any{"trustStore": members(list)} }
	client := func(list ...string) map[string]any { return map[string]any{"keystore": members(list)} }
	for _, tt := range []struct {
		ssl  map[string]any
		want string
	}{
		{trust("type", "PEM"), `security.ssl.trustStore: location or certificates are needed`},
		{trust("password", "x"), `security.ssl.trustStore: location or certificates are needed`},
		{trust("location", "x", "certificates", cert), `security.ssl.trustStore: location and certificates exclude each other`},
		{trust("location", "/absent/ca.pem"), `security.ssl.trustStore: open /absent/ca.pem: no such file or directory`},
		{trust("location", file(t, jks)), `security.ssl.trustStore: password is missing: a JKS store is checked with it`},
		{trust("certificates", base64.StdEncoding.EncodeToString([]byte(p12))), `security.ssl.trustStore: the PKCS12 store is not read: error reading P12 data: asn1: syntax error: data truncated`},
		{trust("location", file(t, "\xce\xce\xce\xce")), `security.ssl.trustStore: the store is JCEKS, which is not read: convert it to PKCS12 with keytool -importkeystore`},
		{trust("location", file(t, "hello")), `security.ssl.trustStore: the store is none of PEM, PKCS12 and JKS`},
		{trust("certificates", "no?"), `security.ssl.trustStore: inline text is neither PEM nor base64`},
		{trust("certificates", key), `security.ssl.trustStore: there is no certificate in it`},
		{trust("certificates", encode("CERTIFICATE", []byte("x"))), `security.ssl.trustStore: certificate 1: x509: malformed certificate`},
		{client("type", "PEM"), `security.ssl.keystore: location, or key and certificateChain, are needed`},
		{client("key", key), `security.ssl.keystore: key and certificateChain need each other`},
		{client("key", key, "location", "x"), `security.ssl.keystore: location and key exclude each other`},
		{client("key", base64.StdEncoding.EncodeToString([]byte(jks)), "certificateChain", cert), `security.ssl.keystore: certificateChain goes with a PEM key: a store has its own`},
		{client("key", cert, "certificateChain", cert), `security.ssl.keystore: there is no private key in it`},
		{client("key", foreign, "certificateChain", cert), `security.ssl.keystore: tls: private key does not match public key`},
		{client("key", encode("ENCRYPTED PRIVATE KEY", []byte("x")), "certificateChain", cert), `security.ssl.keystore: the key is encrypted: keyPassword is missing`},
	} {
		c, err := Parse(sslObject(t, tt.ssl))
		if err != nil {
			t.Errorf("%v: %v", tt.ssl, err)
			continue
		}
		if _, err := c.TLS(slog.New(slog.DiscardHandler)); err == nil || err.Error() != tt.want {
			t.Errorf("got %v, want %s", err, tt.want)
		}
	}
}

// members makes an object of names and values.
func members(list []string) map[string]any {
	o := map[string]any{}
	for i := 0; i < len(list); i += 2 {
		o[list[i]] = list[i+1]
	}
	return o
}

func TestSecretsAreNotPrinted(t *testing.T) {
	c, err := Parse([]byte(`{"protocol":"SSL","ssl":{"trustStore":{"password":"geheim1"},"keystore":{"password":"geheim2","key":"geheim3","keyPassword":"geheim4"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v"} {
		if text := fmt.Sprintf(verb, c); strings.Contains(text, "geheim") {
			t.Errorf("%s shows a secret: %s", verb, text)
		}
	}
	if _, err := c.TLS(slog.New(slog.DiscardHandler)); err == nil || strings.Contains(err.Error(), "geheim") {
		t.Errorf("got %v, want an error without the secret", err)
	}
}
