package core

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"testing"
)

// TestEveryCodeIsDocumented holds docs/errors.md against the table of codes, both ways.
func TestEveryCodeIsDocumented(t *testing.T) {
	text, err := os.ReadFile("../../../docs/errors.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := make(map[Code]string)
	for _, m := range regexp.MustCompile("(?m)^\\| `([A-Z_]+)` \\| (\\d+) \\|").FindAllStringSubmatch(string(text), -1) {
		documented[Code(m[1])] = m[2]
	}
	for _, code := range Codes() {
		if got, want := documented[code], strconv.Itoa(code.Status()); got != want {
			t.Errorf("docs/errors.md says status %q for %s, want %s", got, code, want)
		}
		delete(documented, code)
	}
	for code := range documented {
		t.Errorf("docs/errors.md has %s, which does not exist", code)
	}
}

func TestCodeOf(t *testing.T) {
	cause := errors.New("dial tcp: refused")
	wrapped := fmt.Errorf("outside: %w", Wrap(CodeBrokerUnavailable, "produce", cause))
	for _, c := range []struct {
		err  error
		want Code
	}{
		{nil, ""},
		{cause, CodeInternal},
		{wrapped, CodeBrokerUnavailable},
	} {
		if got := CodeOf(c.err); got != c.want {
			t.Errorf("CodeOf(%v) = %q, want %q", c.err, got, c.want)
		}
	}
	if !errors.Is(wrapped, cause) {
		t.Error("the cause is lost")
	}
	if got, want := wrapped.Error(), "outside: produce: FAILURE_BROKER_UNAVAILABLE: dial tcp: refused"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := Code("NONE").Status(); got != http.StatusInternalServerError {
		t.Errorf("an unknown code has status %d", got)
	}
}
