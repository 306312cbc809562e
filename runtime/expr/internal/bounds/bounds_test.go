package bounds

import (
	"errors"
	"strings"
	"testing"
)

func TestBudget(t *testing.T) {
	for name, c := range map[string]struct {
		use  func(b *Budget) error
		want string
	}{
		"last step":   {func(b *Budget) error { return errors.Join(b.Spend(maxSteps-1), b.Step()) }, ""},
		"a step more": {func(b *Budget) error { return errors.Join(b.Spend(maxSteps), b.Step()) }, "limit of the evaluation reached: 10000 steps"},
		"short text":  {func(b *Budget) error { return errors.Join(b.Spend(maxSteps-1), b.Look(1023)) }, ""},
		"a KiB":       {func(b *Budget) error { return errors.Join(b.Spend(maxSteps-1), b.Look(1024)) }, "limit of the evaluation reached: 10000 steps"},
		"last byte":   {func(b *Budget) error { return errors.Join(b.Take(MaxBytes-1), b.Take(1)) }, ""},
		"a byte more": {func(b *Budget) error { return errors.Join(b.Take(MaxBytes), b.Take(1)) }, "limit of the evaluation reached: 1048576 bytes"},
		"overflow":    {func(b *Budget) error { return b.Take(-1) }, "limit of the evaluation reached: 1048576 bytes"},
	} {
		err := c.use(new(Budget))
		if c.want == "" && err != nil || c.want != "" && (!errors.Is(err, Err) || err.Error() != c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
	var b Budget
	if err := b.Spend(9_000); b.Left() != 1_000 || err != nil {
		t.Errorf("%d steps are left, error %v", b.Left(), err)
	}
}

func TestShorten(t *testing.T) {
	for text, want := range map[string]string{
		strings.Repeat("x", 40):       strings.Repeat("x", 40),
		strings.Repeat("x", 41):       strings.Repeat("x", 40) + "…",
		strings.Repeat("x", 39) + "ä": strings.Repeat("x", 39) + "…",
	} {
		if got := Shorten(text); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}
