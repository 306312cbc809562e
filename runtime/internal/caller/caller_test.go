package caller

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
)

func request(remote string, header map[string]string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "http://gateway.example/orders", nil)
	r.RemoteAddr = remote
	for name, value := range header {
		r.Header.Set(name, value)
	}
	return r
}

func finder(t *testing.T, trusted []string, origins ...string) *Finder {
	t.Helper()
	f, err := New(trusted, origins)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestAddress(t *testing.T) {
	trusted := []string{"10.0.0.0/8", "2001:db8::1"}
	for _, test := range []struct {
		name, remote, forwarded, want string
		trusted                       []string
	}{
		{"peer", "192.0.2.1:5000", "", "192.0.2.1", nil},
		{"header of a stranger is not believed", "192.0.2.1:5000", "198.51.100.7", "192.0.2.1", trusted},
		{"header without trusted proxies is not believed", "10.0.0.1:5000", "198.51.100.7", "10.0.0.1", nil},
		{"one proxy", "10.0.0.1:5000", "198.51.100.7", "198.51.100.7", trusted},
		{"two proxies", "10.0.0.1:5000", "198.51.100.7, 10.2.3.4", "198.51.100.7", trusted},
		{"a forged first hop does not count", "10.0.0.1:5000", "203.0.113.9, 198.51.100.7", "198.51.100.7", trusted},
		{"only proxies", "10.0.0.1:5000", "10.9.9.9", "10.9.9.9", trusted},
		{"malformed hop", "10.0.0.1:5000", "198.51.100.7, junk", "10.0.0.1", trusted},
		{"proxy by IPv6", "[2001:db8::1]:5000", "2001:db8::7", "2001:db8::7", trusted},
		{"hops with ports", "10.0.0.1:5000", "198.51.100.7:4711, 10.2.3.4:80", "198.51.100.7", trusted},
		{"IPv6 with a port", "10.0.0.1:5000", "[2001:db8::7]:4711", "2001:db8::7", trusted},
		{"proxy written as IPv6", "10.0.0.1:5000", "198.51.100.7, 192.0.2.9", "198.51.100.7", []string{"::ffff:10.0.0.1", "::ffff:192.0.2.0/120"}},
		{"no header", "10.0.0.1:5000", "", "10.0.0.1", trusted},
	} {
		t.Run(test.name, func(t *testing.T) {
			header := map[string]string{}
			if test.forwarded != "" {
				header["X-Forwarded-For"] = test.forwarded
			}
			got := finder(t, test.trusted).Address(request(test.remote, header))
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestNewRefusesWhatIsNoCIDR(t *testing.T) {
	_, err := New([]string{"10.0.0.0/33"}, nil)
	if err == nil || err.Error() != `trusted proxy "10.0.0.0/33" is not an address or CIDR` {
		t.Errorf("got %v", err)
	}
}

func TestIdentifier(t *testing.T) {
	long := strings.Repeat("a", 64)
	for _, test := range []struct{ name, header, query, wantName, want string }{
		{"none", "", "", "", ""},
		{"header", "X-Client-Identifier: shop-1", "", "X-Client-Identifier", "shop-1"},
		{"other header", "X-Gravitee-Client-Identifier: a.b_c", "", "X-Gravitee-Client-Identifier", "a.b_c"},
		{"query", "", "X-Client-Identifier=shop", "X-Client-Identifier", "shop"},
		{"header beats query", "X-Client-Identifier: one", "X-Client-Identifier=two", "X-Client-Identifier", "one"},
		{"longest", "X-Client-Identifier: " + long, "", "X-Client-Identifier", long},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := request("192.0.2.1:5000", nil)
			if name, value, ok := strings.Cut(test.header, ": "); ok {
				r.Header.Set(name, value)
			}
			r.URL.RawQuery = test.query
			name, id, err := Identifier(r)
			if err != nil || name != test.wantName || id != test.want {
				t.Errorf("got %q %q %v, want %q %q", name, id, err, test.wantName, test.want)
			}
		})
	}
	for _, bad := range []string{"a b", "ä", "a/b", long + "a"} {
		r := request("192.0.2.1:5000", map[string]string{"X-Client-Identifier": bad})
		_, err := finder(t, nil).Caller(r)
		if core.CodeOf(err) != core.CodeInvalidRequest ||
			err.Error() != "FAILURE_INVALID_REQUEST: X-Client-Identifier may have up to 64 of A-Z a-z 0-9 . _ -" {
			t.Errorf("%q: got %v", bad, err)
		}
	}
}

func TestOriginAllowed(t *testing.T) {
	for _, test := range []struct {
		origin string
		want   bool
	}{
		{"", true},
		{"https://gateway.example", true},
		{"https://GATEWAY.example", true},
		{"https://gateway.example:444", false},
		{"https://gateway.example.evil.example", false},
		{"https://shop.example", true},
		{"http://shop.example", false},
		{"https://a.parts.example", true},
		{"https://evil.example/.parts.example", false},
		{"https://.parts.example", false},
		{"null", false},
		{"https://seen.example", false},
	} {
		f := finder(t, nil, "https://shop.example", "https://*.parts.example")
		r := request("192.0.2.1:5000", map[string]string{"X-Forwarded-Host": "seen.example"})
		if test.origin != "" {
			r.Header.Set("Origin", test.origin)
		}
		if got := f.OriginAllowed(r); got != test.want {
			t.Errorf("%q: got %v, want %v", test.origin, got, test.want)
		}
	}
	behind := request("10.0.0.1:5000", map[string]string{"X-Forwarded-Host": "seen.example", "Origin": "https://seen.example"})
	if !finder(t, []string{"10.0.0.0/8"}).OriginAllowed(behind) {
		t.Error("the host that a trusted proxy forwards must count")
	}
	if !finder(t, nil, "*").OriginAllowed(request("192.0.2.1:5000", map[string]string{"Origin": "https://any.example"})) {
		t.Error(`"*" must allow every origin`)
	}
}

func TestCallerHasTheIdentityOfItsContext(t *testing.T) {
	r := request("192.0.2.1:5000", map[string]string{"X-Client-Identifier": "shop-1"})
	got, err := finder(t, nil).Caller(r)
	if err != nil || got.Subject != "" || got.Address != "192.0.2.1" || got.ClientID != "shop-1" {
		t.Errorf("without authentication: %+v, %v", got, err)
	}
	known := &exchange.Known{Identity: exchange.Identity{Subject: "ann"}}
	got, err = finder(t, nil).Caller(r.WithContext(exchange.With(r.Context(), known)))
	if err != nil || got.Subject != "ann" || got.Address != "192.0.2.1" || got.ClientID != "shop-1" {
		t.Errorf("after authentication: %+v, %v", got, err)
	}
}

// TestOriginTrusted: "*" lets every page ask, but not in the name of the browser's user; neither do
// other ways to write it.
func TestOriginTrusted(t *testing.T) {
	f := finder(t, nil, "*", "https://*", "https://*:8443", "https://shop.example", "https://*.parts.example")
	for origin, want := range map[string]bool{
		"": true, "https://gateway.example": true, "https://shop.example": true, "https://a.parts.example": true,
		"https://evil.example": false, "https://evil.example:8443": false, "null": false,
	} {
		r := request("192.0.2.1:5000", nil)
		if origin != "" {
			r.Header.Set("Origin", origin)
		}
		if got := f.OriginTrusted(r); got != want {
			t.Errorf("%q: got %v, want %v", origin, got, want)
		}
		if !f.OriginAllowed(r) {
			t.Errorf("%q: not allowed", origin)
		}
	}
}
