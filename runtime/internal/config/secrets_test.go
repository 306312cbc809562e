package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// planted is what no message and no print may have.
const planted = "planted77"

// security is a part of gateway.yaml with secrets at all their places; %s stands for one of them.
const security = `
apis:
  orders:
    endpoints:
      default:
        sharedConfigurationOverride:
          security:
            protocol: SASL_SSL
            sasl: { saslMechanism: PLAIN, saslJaasConfig: 'a.B required password="planted77";' }
            ssl:
              trustStore: { type: JKS, password: %s }
              keystore: { type: JKS, location: a, password: planted77 }
`

// TestConfigPrintsNoSecrets prints a configuration in every way.
func TestConfigPrintsNoSecrets(t *testing.T) {
	cfg, err := Load(write(t, fmt.Sprintf(security, planted)), []string{
		"PENSTOCK_APIS__ORDERS__ENDPOINTS__DEFAULT__SHAREDCONFIGURATIONOVERRIDE__SECURITY__SSL__KEYSTORE__KEYPASSWORD=" + planted,
	})
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := json.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		slog.New(handler).Info("x", "config", cfg, "pointer", &cfg, "apis", cfg.APIs)
	}
	prints := []string{string(encoded), log.String()}
	holder := struct{ cfg *Config }{&cfg}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		prints = append(prints, fmt.Sprintf(verb, cfg), fmt.Sprintf(verb, &cfg), fmt.Sprintf(verb, cfg.APIs), fmt.Sprintf(verb, holder),
			fmt.Sprintf(verb, struct{ cfg Config }{cfg}))
	}
	for _, printed := range prints {
		if strings.Contains(printed, planted) || strings.Contains(printed, fmt.Sprintf("%x", planted)) {
			t.Errorf("printed %.80s…", printed)
		}
	}
	api, err := cfg.APIs.Resolve(Names{API: "orders", Endpoints: []string{"default"}})
	if err != nil {
		t.Fatal(err)
	}
	if text := fmt.Sprintf("%v %+v %#v", api, api, &api); strings.Contains(text, planted) {
		t.Errorf("an api printed %s", text)
	}
}

// TestProblemsHoldNoSecrets: what is wrong with a password is said without it.
func TestProblemsHoldNoSecrets(t *testing.T) {
	for _, wrong := range []string{
		"[planted77]", "{ planted77: x }", "7777777.7", "true", "!!int planted77", "!!binary planted77", "*planted77", `"planted77`,
		"'planted77", "planted77 }", "planted77: x", "&a planted77, password: planted77", "planted77, pasword: planted77",
	} {
		_, err := Load(write(t, fmt.Sprintf(security, wrong)), nil)
		if err == nil {
			t.Errorf("%s is no problem", wrong)
			continue
		}
		if strings.Contains(err.Error(), "password: planted") || strings.Contains(err.Error(), planted) && !isKey(wrong) || strings.Contains(err.Error(), "7777777.7") {
			t.Errorf("%s: %v", wrong, err)
		}
	}
	for _, variable := range []string{
		"PENSTOCK_APIS__ORDERS__ENDPOINTS__DEFAULT__SHAREDCONFIGURATIONOVERRIDE__SECURITY__SSL__KEYSTORE__PASWORD=" + planted,
		"PENSTOCK_APIS__ORDER__ENDPOINTS__DEFAULT__SHAREDCONFIGURATIONOVERRIDE__SECURITY__SSL__KEYSTORE__PASSWORD=" + planted,
		"PENSTOCK_APIS__ORDERS__ENDPOINTS__DEFAULT__SHAREDCONFIGURATIONOVERRIDE__SECURITY=" + planted,
		"PENSTOCK_PASSWORD=" + planted,
	} {
		cfg, err := Load("", []string{variable})
		if err == nil {
			_, err = cfg.APIs.Resolve(Names{API: "orders", Endpoints: []string{"default"}})
		}
		if err == nil {
			err = cfg.APIs.Unused()
		}
		if err == nil || strings.Contains(err.Error(), planted) {
			t.Errorf("%s: %v", variable, err)
		}
	}
}

// isKey says whether the text makes a key of what was planted: names of keys are quoted.
func isKey(wrong string) bool { return strings.Contains(wrong, planted+":") }
