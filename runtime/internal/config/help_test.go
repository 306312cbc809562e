package config

import (
	"strings"
	"testing"
)

func TestDescribe(t *testing.T) {
	var b strings.Builder
	if err := Describe(&b); err != nil {
		t.Fatal(err)
	}
	rows := map[string][]string{}
	for line := range strings.Lines(b.String()) {
		fields := strings.Fields(line)
		rows[fields[0]] = fields
	}
	for setting, want := range map[string]string{
		"SETTING":                             "SETTING VARIABLE DEFAULT MEANING",
		"listen.address":                      "listen.address PENSTOCK_LISTEN__ADDRESS :8080 Address of the client listener.",
		"listen.trustedProxies":               "listen.trustedProxies PENSTOCK_LISTEN__TRUSTEDPROXIES none Networks whose",
		"drain.delay":                         "drain.delay PENSTOCK_DRAIN__DELAY 5s How long",
		"limits.body":                         "limits.body PENSTOCK_LIMITS__BODY 1MiB The largest",
		"tenant":                              "tenant PENSTOCK_TENANT - Endpoints with",
		"apis.<api>.basePath":                 "apis.<api>.basePath PENSTOCK_APIS__<API>__BASEPATH - Stands before",
		"apis.<api>.operations.<operation>.…": "apis.<api>.operations.<operation>.… PENSTOCK_APIS__<API>__OPERATIONS__<OPERATION>__… -",
	} {
		if got := strings.Join(rows[setting], " "); !strings.HasPrefix(got, want) {
			t.Errorf("%s: got %q, want %q…", setting, got, want)
		}
	}
	for _, absent := range []string{"listen", "apis", "listen.trustedProxies.*", "apis.<api>.allow"} {
		if rows[absent] != nil {
			t.Errorf("%s is listed", absent)
		}
	}
	if !strings.Contains(b.String(), "One of debug, info, warn, error.") {
		t.Error("the values of log.level are missing")
	}
}
