package member

import (
	"errors"
	"testing"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

func TestLimitOfAnOwner(t *testing.T) {
	l := NewLimit(5)
	take := func(owner string, want core.Code) {
		t.Helper()
		err := l.take(owner)
		var refused *core.Error
		if core.CodeOf(err) != want || errors.As(err, &refused) && refused.RetryAfter != 1 {
			t.Errorf("%q: got %v, want %q", owner, err, want)
		}
	}
	for range 3 {
		take("a", "")
	}
	take("a", core.CodeTooManyRequests)
	take("b", "")
	take("", "")
	take("", core.CodeTooManyClients)
	take("b", core.CodeTooManyClients)
	take("a", core.CodeTooManyRequests)
	l.give("")
	take("a", core.CodeTooManyRequests)
	l.give("a")
	take("a", "")
	for _, owner := range []string{"a", "a", "a", "b"} {
		l.give(owner)
	}
	for range 5 {
		take("", "") // who is known may have all
	}
	if l.Used() != 5 || len(l.of) != 0 {
		t.Errorf("%d are used, by %v", l.Used(), l.of)
	}
	one := NewLimit(1)
	if err := one.take("a"); err != nil {
		t.Errorf("the only one: %v", err)
	}
}
