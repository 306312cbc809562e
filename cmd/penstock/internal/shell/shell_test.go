package shell

import "testing"

func TestWords(t *testing.T) {
	for want, names := range map[string][]string{
		"specs/orders.yaml ../b_2.yaml":     {"specs/orders.yaml", "../b_2.yaml"},
		"'my shop' 'it'\\''s' ''":           {"my shop", "it's", ""},
		"été.yaml '$HOME' 'a;b' '~' 'a\nb'": {"été.yaml", "$HOME", "a;b", "~", "a\nb"},
	} {
		if got := Words(names); got != want {
			t.Errorf("%q is %s, want %s", names, got, want)
		}
	}
}
