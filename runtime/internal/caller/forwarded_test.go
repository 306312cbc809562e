package caller

import (
	"crypto/tls"
	"net/http"
	"strings"
	"testing"
)

// TestAsked: what proxies say of a request counts when they are trusted, and not otherwise.
func TestAsked(t *testing.T) {
	const proxy, stranger = "10.0.0.1:5000", "192.0.2.1:5000"
	plain := asked{"10.0.0.1", "http", "gateway.example"}
	for _, test := range []struct {
		name, remote string
		header       []string // name: value
		want         asked
	}{
		{"a stranger's headers", stranger, []string{"X-Forwarded-Proto: https", "X-Forwarded-Host: evil.example", "X-Forwarded-For: 198.51.100.7"}, asked{"192.0.2.1", "http", "gateway.example"}},
		{"a stranger's Forwarded", stranger, []string{"Forwarded: for=198.51.100.7;proto=https;host=evil.example"}, asked{"192.0.2.1", "http", "gateway.example"}},
		{"no header", proxy, nil, plain},
		{"one proxy", proxy, []string{"X-Forwarded-For: 198.51.100.7", "X-Forwarded-Proto: https", "X-Forwarded-Host: shop.example:8443"}, asked{"198.51.100.7", "https", "shop.example:8443"}},
		{"only the scheme", proxy, []string{"X-Forwarded-Proto: HTTPS"}, asked{"10.0.0.1", "https", "gateway.example"}},
		{"only the host", proxy, []string{"X-Forwarded-Host: [2001:db8::7]:80"}, asked{"10.0.0.1", "http", "[2001:db8::7]:80"}},
		{"the scheme of a WebSocket", proxy, []string{"X-Forwarded-Proto: wss"}, asked{"10.0.0.1", "https", "gateway.example"}},
		{"another scheme", proxy, []string{"X-Forwarded-Proto: ftp"}, plain},
		{"what is no host", proxy, []string{"X-Forwarded-Host: a/b"}, plain},
		{"a host without end", proxy, []string{"X-Forwarded-Host: " + strings.Repeat("a", maxHost+1)}, plain},
		{"forged values before those of the proxy", proxy, []string{"X-Forwarded-Proto: https, http", "X-Forwarded-Host: evil.example, shop.example"}, asked{"10.0.0.1", "http", "shop.example"}},
		{"forged lines before those of the proxy", proxy, []string{"X-Forwarded-Host: evil.example", "X-Forwarded-Host: shop.example"}, asked{"10.0.0.1", "http", "shop.example"}},
		{"a forged Forwarded beside X-Forwarded-For", proxy, []string{"X-Forwarded-For: 198.51.100.7", "Forwarded: for=203.0.113.9;proto=https;host=evil.example"}, asked{"198.51.100.7", "http", "gateway.example"}},
		{"a forged Forwarded beside X-Forwarded-Proto", proxy, []string{"X-Forwarded-Proto: http", "Forwarded: for=203.0.113.9;host=evil.example"}, plain},
		{"Forwarded", proxy, []string{`Forwarded: for="198.51.100.7:4711";proto=https;host="shop.example:8443"`}, asked{"198.51.100.7", "https", "shop.example:8443"}},
		{"Forwarded by IPv6", proxy, []string{`Forwarded: For="[2001:db8::7]"; Proto=https ;`}, asked{"2001:db8::7", "https", "gateway.example"}},
		{"Forwarded by two proxies", proxy, []string{"Forwarded: for=198.51.100.7;proto=https;host=shop.example", "Forwarded: for=10.2.3.4;proto=http;host=inner.example"}, asked{"198.51.100.7", "https", "shop.example"}},
		{"a forged element before those of the proxies", proxy, []string{"Forwarded: for=203.0.113.9;proto=https;host=evil.example, for=198.51.100.7, for=10.2.3.4"}, asked{"198.51.100.7", "http", "gateway.example"}},
		{"a client that is not named", proxy, []string{"Forwarded: for=203.0.113.9;host=evil.example, for=_hidden;proto=https;host=shop.example"}, asked{"10.0.0.1", "https", "shop.example"}},
		{"an element without a client", proxy, []string{"Forwarded: proto=https"}, asked{"10.0.0.1", "https", "gateway.example"}},
		{"an empty Forwarded", proxy, []string{"Forwarded: ,"}, plain},
		{"a parameter twice", proxy, []string{"Forwarded: host=shop.example;host=evil.example"}, plain},
		{"a quote that does not end", proxy, []string{`Forwarded: host="shop.example`}, plain},
		{"no parameters", proxy, []string{"Forwarded: https"}, plain},
		{"text behind a value", proxy, []string{`Forwarded: host="shop.example"x`}, plain},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := request(test.remote, nil)
			for _, line := range test.header {
				name, value, _ := strings.Cut(line, ": ")
				r.Header.Add(name, value)
			}
			f := finder(t, []string{"10.0.0.0/8"})
			if got := f.asked(r); got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
			c, err := f.Caller(r)
			if err != nil || c.Address != test.want.address || c.Scheme != test.want.scheme || c.Host != test.want.host {
				t.Errorf("the caller is %+v, %v", c, err)
			}
		})
	}
}

// TestAskedOverTLS: the connection's own scheme counts where nobody forwards another.
func TestAskedOverTLS(t *testing.T) {
	r := request("10.0.0.1:5000", nil)
	r.TLS = &tls.ConnectionState{}
	f := finder(t, []string{"10.0.0.0/8"})
	if got := f.asked(r).scheme; got != "https" {
		t.Errorf("got %q", got)
	}
	r.Header.Set("X-Forwarded-Proto", "http")
	if got := f.asked(r).scheme; got != "http" {
		t.Errorf("behind a proxy that was asked without TLS: got %q", got)
	}
}

// TestOriginOfAnotherScheme: whoever is on the way to http://shop.example writes its pages.
func TestOriginOfAnotherScheme(t *testing.T) {
	f := finder(t, []string{"10.0.0.0/8"})
	for _, test := range []struct {
		origin, proto string
		want          bool
	}{
		{"https://gateway.example", "https", true},
		{"http://gateway.example", "https", false},
		{"http://gateway.example", "http", true},
		{"https://gateway.example", "http", true}, // TLS ends at a proxy that is not trusted
		{"https://gateway.example", "", true},
	} {
		header := map[string]string{"Origin": test.origin}
		if test.proto != "" {
			header["X-Forwarded-Proto"] = test.proto
		}
		if got := f.OriginAllowed(request("10.0.0.1:5000", header)); got != test.want {
			t.Errorf("%s by %q: got %v, want %v", test.origin, test.proto, got, test.want)
		}
		over := request("192.0.2.1:5000", map[string]string{"Origin": test.origin})
		over.TLS = &tls.ConnectionState{}
		if got, want := f.OriginAllowed(over), strings.HasPrefix(test.origin, "https:"); got != want {
			t.Errorf("%s over TLS: got %v, want %v", test.origin, got, want)
		}
	}
}

func FuzzForwarded(f *testing.F) {
	f.Add(`for="[2001:db8::7]:80";proto=https;host="a\"b", for=_x;;by=c`)
	f.Add(`, ;for=unknown`)
	find, err := New([]string{"10.0.0.0/8"}, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r := request("10.0.0.1:5000", nil)
		r.Header["Forwarded"] = []string{text}
		a := find.asked(r)
		if a.scheme != "http" && a.scheme != "https" || !isHost(a.host) || strings.ContainsAny(a.address, " ,;\"") {
			t.Errorf("%q: %+v", text, a)
		}
		// What a client writes before the element of the proxy does not count, if it is read at all.
		r.Header["Forwarded"] = []string{text, "for=198.51.100.7;proto=https;host=shop.example"}
		if a := find.asked(r); a != (asked{"198.51.100.7", "https", "shop.example"}) && a != (asked{"10.0.0.1", "http", "gateway.example"}) {
			t.Errorf("%q before that of the proxy: %+v", text, a)
		}
	})
}

func BenchmarkCaller(b *testing.B) {
	find, err := New([]string{"10.0.0.0/8"}, nil)
	if err != nil {
		b.Fatal(err)
	}
	direct := request("192.0.2.1:5000", nil)
	behind := request("10.0.0.1:5000", map[string]string{"X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "https"})
	for name, r := range map[string]*http.Request{"direct": direct, "behind a proxy": behind} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := find.Caller(r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
