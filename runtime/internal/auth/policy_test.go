package auth

import (
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/runtime/internal/config"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
	"github.com/penstock-dev/penstock/test/issuer"
)

// everySetting has a verifier for each scheme of the tests.
func everySetting(t *testing.T, i *issuer.Issuer) map[string]config.Verifier {
	t.Helper()
	all := keysSetting(t)
	all["users"] = usersSetting(t)["users"]
	all["tokens"], all["oauth"] = tokenSettings(i)["tokens"], tokenSettings(i)["oauth"]
	return all
}

func TestAlternatives(t *testing.T) {
	i := issuer.Start(t)
	d := newDoor(t, everySetting(t, i), one(basicScheme), one(oauthScheme), one(keyScheme))
	if ann := d.admits("GET", "/orders", password("ann", "sesame: é")); ann.Subject != "ann" {
		t.Errorf("got %+v", ann)
	}
	if carl := d.admits("GET", "/orders", bearer(i.Token(map[string]any{"sub": "carl", "scope": "orders:read"}))); carl.Subject != "carl" {
		t.Errorf("got %+v", carl)
	}
	if bob := d.admits("GET", "/orders", "X-Key: key of bob", bearer("wrong")); bob.Subject != "urn:bob" {
		t.Errorf("got %+v", bob)
	}
	h := d.refuses(401, "the operation needs credentials", "GET", "/orders")
	const want = `Basic realm="users", charset="UTF-8"|Bearer realm="oauth", scope="orders:read"|ApiKey realm="key", in="header", name="X-Key"`
	if got := strings.Join(h.Values("WWW-Authenticate"), "|"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	// a known caller without the scope says more than a wrong key
	d.refuses(403, `the credentials lack the scope "orders:read"`, "GET", "/orders", bearer(i.Token(nil)), "X-Key: wrong")
	i.Away(true)
	away := newDoor(t, everySetting(t, i), one(oauthScheme), one(keyScheme))
	away.refuses(503, "the issuer of the credentials cannot be reached, so they cannot be checked", "GET", "/orders", bearer(i.Token(nil)), "X-Key: wrong")
	away.admits("GET", "/orders", bearer(i.Token(nil)), "X-Key: key of bob")
}

func TestSchemesTogether(t *testing.T) {
	i := issuer.Start(t)
	d := newDoor(t, everySetting(t, i), one(keyScheme, bearerScheme))
	exp := time.Now().Add(time.Hour).Truncate(time.Second)
	token := bearer(i.Token(map[string]any{"sub": "carl", "tenant": "eu", "exp": exp.Unix()}))
	got := d.admits("GET", "/orders", token, "X-Key: key of ann")
	if got.Subject != "ann" || got.Claims["sub"] != "ann" || got.Claims["tenant"] != "eu" || !got.Expires.Equal(exp.Add(skew)) {
		t.Errorf("got %+v", got)
	}
	d.refuses(401, "the operation needs credentials", "GET", "/orders", token)
	d.refuses(401, "the operation needs credentials", "GET", "/orders", "X-Key: key of ann")
	d.refuses(401, "the key is not valid", "GET", "/orders", token, "X-Key: wrong")
}

func TestAnonymousIsAnAlternative(t *testing.T) {
	d := newDoor(t, keysSetting(t), one(), one(keyScheme))
	if got := d.admits("GET", "/orders"); got.Subject != "" {
		t.Errorf("got %+v", got)
	}
	if got := d.admits("GET", "/orders", "X-Key: key of ann"); got.Subject != "ann" {
		t.Errorf("got %+v", got)
	}
	d.refuses(401, "the key is not valid", "GET", "/orders", "X-Key: wrong") // the caller does not mean to be anonymous
}

func TestMerge(t *testing.T) {
	at := time.Now()
	for _, test := range []struct{ first, other, want time.Time }{
		{time.Time{}, time.Time{}, time.Time{}},
		{at, time.Time{}, at},
		{time.Time{}, at, at},
		{at, at.Add(1), at},
		{at.Add(1), at, at},
	} {
		got := merge(exchange.Identity{Expires: test.first}, exchange.Identity{Expires: test.other})
		if !got.Expires.Equal(test.want) {
			t.Errorf("%v and %v: got %v", test.first, test.other, got.Expires)
		}
	}
}

func TestQuote(t *testing.T) {
	if got, want := quote("a\"b\\c\r\né\x7f"), `"a\"b\\c?????"`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestSameSite: credentials that a browser adds by itself are not used for another site.
func TestSameSite(t *testing.T) {
	const session = "Cookie: session=key of ann"
	cookies := newDoor(t, keysSetting(t), one(cookieScheme))
	users := newDoor(t, usersSetting(t), one(basicScheme))
	keys := newDoor(t, keysSetting(t), one(keyScheme))
	bob := password("bob", "b")
	for _, test := range []struct {
		d                   *door
		method, credentials string
		headers, want       string
	}{
		{cookies, "POST", session, "Origin: http://example.com", ""}, // the host of httptest
		{cookies, "POST", session, "Origin: https://shop.example", ""},
		{cookies, "POST", session, "Origin: https://evil.example", "the Origin may not use these credentials"},
		{cookies, "POST", session, "Origin: null", "the Origin may not use these credentials"},
		{cookies, "POST", session, "A: b", "a request with credentials in a cookie needs an Origin"},
		{cookies, "GET", session, "A: b", ""},
		{cookies, "GET", session, "Origin: https://evil.example", "the Origin may not use these credentials"},
		{cookies, "GET", session, "Sec-Fetch-Site: cross-site", "another site may not use these credentials"},
		{cookies, "GET", session, "Sec-Fetch-Site: same-site", "another site may not use these credentials"},
		{cookies, "GET", session, "Sec-Fetch-Site: same-origin", ""},
		{cookies, "GET", session, "Sec-Fetch-Site: none", ""},
		{users, "POST", bob, "A: b", ""},
		{users, "POST", bob, "Origin: https://evil.example", "the Origin may not use these credentials"},
		{users, "GET", bob, "Sec-Fetch-Site: cross-site", "another site may not use these credentials"},
		{keys, "POST", "X-Key: key of ann", "Origin: https://evil.example", ""}, // only a script of that page can have set it
	} {
		if test.want == "" {
			test.d.admits(test.method, "/orders", test.credentials, test.headers)
			continue
		}
		test.d.refuses(403, test.want, test.method, "/orders", test.credentials, test.headers)
	}
}
