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
}
