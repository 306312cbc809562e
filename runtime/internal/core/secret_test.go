package core

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// TestSecretNeverPrints tries every way by which a value is usually printed.
func TestSecretNeverPrints(t *testing.T) {
	const planted = "hunter2"
	s := NewSecret(planted)
	holder := struct{ Password Secret }{s}
	encoded, err := json.Marshal(holder)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "secret", s, "holder", holder)
	for _, printed := range []string{
		fmt.Sprint(s), fmt.Sprintf("%v %+v %#v %s %q", s, s, s, s, s), fmt.Sprintf("%v %+v %#v", holder, holder, &holder),
		string(encoded), log.String(),
	} {
		if strings.Contains(printed, planted) || !strings.Contains(printed, "REDACTED") {
			t.Errorf("printed %s", printed)
		}
	}
	if s.Reveal() != planted {
		t.Error("the secret is lost")
	}
	if NewSecret("") != (Secret{}) || (Secret{}).Reveal() != "" {
		t.Error("no text is no secret")
	}
}

// TestSecretInAnUnexportedField: fmt does not call the methods of what stands there.
func TestSecretInAnUnexportedField(t *testing.T) {
	const planted = "hunter2"
	type login struct {
		user     string
		password Secret
	}
	holder := login{"ann", NewSecret(planted)}
	deep := struct{ logins []*login }{[]*login{&holder}}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%p"} {
		for _, printed := range []string{
			fmt.Sprintf(verb, holder), fmt.Sprintf(verb, &holder), fmt.Sprintf(verb, deep), fmt.Sprintf(verb, holder.password),
			fmt.Sprintf(verb, []Secret{holder.password}), fmt.Sprintf(verb, map[string]Secret{"a": holder.password}),
		} {
			if strings.Contains(printed, planted) || strings.Contains(printed, fmt.Sprintf("%x", planted)) {
				t.Errorf("%s printed %s", verb, printed)
			}
		}
	}
	if text, err := holder.password.MarshalText(); string(text) != "REDACTED" || err != nil {
		t.Errorf("got %s, %v", text, err)
	}
}
