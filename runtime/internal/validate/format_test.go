package validate_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// shapes are texts that have a format and texts that do not.
var shapes = map[string]struct{ good, bad []string }{
	"date-time": {
		[]string{"2026-01-31T12:00:00Z", "2026-01-31t23:59:60z", "2024-02-29T00:00:00.123456789+05:30", "2000-02-29T15:59:60-08:00"},
		[]string{
			"", "2026-01-31", "2026-01-31 12:00:00Z", "2026-01-31T12:00:00", "2026-02-29T12:00:00Z", "1900-02-29T12:00:00Z", "2026-01-31T24:00:00Z",
			"2026-01-31T12:60:00Z", "2026-01-31T12:00:60Z", "2026-01-31T12:00:00.Z", "2026-01-31T12:00:00+5:30", "2026-01-31T12:00:00+24:00", "2026-01-31T12:00:00Zx", "2026-01-31T",
		},
	},
	"date": {
		[]string{"2026-12-31", "0000-01-01", "2024-02-29"},
		[]string{"2026-13-01", "2026-00-01", "2026-01-00", "2026-04-31", "26-01-01", "2026/01/01", "2026-1-01 ", "202a-01-01"},
	},
	"time": {[]string{"00:00:00Z", "23:59:59.9+00:00"}, []string{"", "12:00:00", "12:00Z", "25:00:00Z", "1a:00:00Z"}},
	"uuid": {
		[]string{"0b6f5f6e-8d2c-4c53-9c7e-2f1a7f0f6b11", "0B6F5F6E-8D2C-4C53-9C7E-2F1A7F0F6B11"},
		[]string{"", "0b6f5f6e8d2c4c539c7e2f1a7f0f6b11", "0b6f5f6e-8d2c-4c53-9c7e-2f1a7f0f6b1g", "0b6f5f6e-8d2c-4c53-9c7e_2f1a7f0f6b11"},
	},
	"email": {
		[]string{"ada@example.org", "a.b+c@x", `"a b"@example.org`, "a@[127.0.0.1]", "a@[IPv6:::1]"},
		[]string{
			"", "ada", "@example.org", "a..b@example.org", ".a@example.org", "a.@example.org", "a b@example.org", "a@-x.org", "a@x-.org", "a@[1]", "a@[IPv6:1]",
			strings.Repeat("a", 65) + "@x.org", "a@" + strings.Repeat("b.", 130) + "c",
		},
	},
	"uri": {
		[]string{"https://example.org", "http://a.b/c?d=e#f", "urn:isbn:1", "http://[::1]:80/", "mailto:a@b", "http://a:80/%20", "x:"},
		[]string{"", "/a/b", "example.org", "http://a:port/", "http://[::1/", "://x", "http://a/%zz", "1a://b"},
	},
	"ipv4":     {[]string{"127.0.0.1", "255.255.255.255"}, []string{"", "1.2.3", "1.2.3.256", "01.2.3.4", "1.2.3.4.5", "::1"}},
	"ipv6":     {[]string{"::1", "::", "fe80::1", "::ffff:1.2.3.4"}, []string{"", "1.2.3.4", "fe80::1%eth0", ":::", "12345::"}},
	"hostname": {[]string{"a", "a-b.example.org", "example.org.", "1a"}, []string{"", "-a", "a-", "a..b", "a_b", "ä", ".", strings.Repeat("a", 64), "a.-b", "a-.b"}},
	"duration": {[]string{"P1D", "anything"}, nil},
	"":         {[]string{"anything"}, nil},
}

func TestFormats(t *testing.T) {
	for name, texts := range shapes {
		v := compile(t, &endpoint.Schema{Format: name})
		fallback := compile(t, &endpoint.Schema{JSON: endpoint.JSON(`{"format":"` + name + `"}`)})
		check := func(text string, want bool) {
			body, err := json.Marshal(text)
			if err != nil {
				t.Fatal(err)
			}
			if found := v.Check(body); (found == nil) != want {
				t.Errorf("%s %q: %v", name, text, found)
			}
			if found := fallback.Check(body); (found == nil) != want {
				t.Errorf("%s %q by the fallback: %v", name, text, found)
			}
		}
		for _, text := range texts.good {
			check(text, true)
		}
		for _, text := range texts.bad {
			check(text, false)
		}
	}
}
