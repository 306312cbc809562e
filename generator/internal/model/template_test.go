package model

import (
	"slices"
	"testing"
)

func TestTemplates(t *testing.T) {
	for _, c := range []struct {
		template, filled string
		params           []string
	}{
		{"/orders", "/orders", nil},
		{"/orders/{id}/{part}", "/orders/x/x", []string{"id", "part"}},
		{"orders.{region}.{region}", "orders.x.x", []string{"region", "region"}},
		{"{}", "x", []string{""}},
		{"a{b", "a{b", nil},
		{"{a{b}", "{ax", []string{"b"}},
	} {
		if got := Params(c.template); !slices.Equal(got, c.params) {
			t.Errorf("the parameters of %q are %q, not %q", c.template, got, c.params)
		}
		if got := Fill(c.template, "x"); got != c.filled {
			t.Errorf("%q is filled as %q, not %q", c.template, got, c.filled)
		}
	}
}

// TestFillIsLiteral: what looks like a reference to a group of the pattern is not one.
func TestFillIsLiteral(t *testing.T) {
	if got := Fill("/{id}", "$1"); got != "/$1" {
		t.Errorf("filled as %q", got)
	}
}
