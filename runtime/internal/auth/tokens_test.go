package auth

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/penstock-dev/penstock/runtime/internal/config"
	"github.com/penstock-dev/penstock/test/issuer"
)

func tokenSettings(i *issuer.Issuer) map[string]config.Verifier {
	v := config.Verifier{Issuer: i.URL, Audience: issuer.Audience}
	return map[string]config.Verifier{"tokens": v, "oauth": v, "key": v}
}

func bearer(token string) string { return "Authorization: Bearer " + token }

func TestTokens(t *testing.T) {
	i := issuer.Start(t)
	d := newDoor(t, tokenSettings(i), one(bearerScheme))
	exp := time.Now().Add(time.Hour).Truncate(time.Second)
	ann := d.admits("GET", "/orders", bearer(i.Token(map[string]any{"exp": exp.Unix(), "tenant": "eu", "roles": []string{"a"}, "n": 1})))
	if ann.Subject != "ann" || !ann.Expires.Equal(exp.Add(skew)) {
		t.Errorf("got %+v", ann)
	}
	for name, want := range map[string]any{"sub": "ann", "tenant": "eu", "roles": []any{"a"}, "n": float64(1), "iss": i.URL} {
		if !reflect.DeepEqual(ann.Claims[name], want) {
			t.Errorf("claim %s is %#v, want %#v", name, ann.Claims[name], want)
		}
	}
	d.admits("GET", "/orders", bearer(i.Token(map[string]any{"aud": []string{"other", issuer.Audience}})))
	// clocks may differ by a minute
	now := time.Now().Unix()
	d.admits("GET", "/orders", bearer(i.Token(map[string]any{"exp": now - 50, "iat": now + 50, "nbf": now + 50})))
	if i.Asked() != 1 {
		t.Errorf("the keys were asked for %d times", i.Asked())
	}
}

func TestWrongTokens(t *testing.T) {
	i := issuer.Start(t)
	now := time.Now().Unix()
	stranger, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	id := i.Public().KeyID
	const algorithm, key = "the token is not a JWT with an accepted signature algorithm", "the token is not signed by a key of the issuer"
	const malformed = "the claims of the token are malformed"
	good := i.Token(nil)
	for _, test := range []struct{ name, token, want string }{
		{"issuer", i.Token(map[string]any{"iss": "https://evil.example"}), "the token is of another issuer"},
		{"no issuer", i.Token(map[string]any{"iss": nil}), "the token is of another issuer"},
		{"audience", i.Token(map[string]any{"aud": "https://other.example"}), "the token is for another audience"},
		{"no audience", i.Token(map[string]any{"aud": nil}), "the token is for another audience"},
		{"expired", i.Token(map[string]any{"exp": now - 70}), "the token has expired"},
		{"no exp", i.Token(map[string]any{"exp": nil}), "the token has no exp"},
		{"nbf", i.Token(map[string]any{"nbf": now + 90}), "the token is not valid yet"},
		{"iat", i.Token(map[string]any{"iat": now + 90}), "the token is not valid yet"},
		{"no subject", i.Token(map[string]any{"sub": nil}), "the token has no sub, or one that is too long"},
		{"long subject", i.Token(map[string]any{"sub": strings.Repeat("a", maxSubject+1)}), "the token has no sub, or one that is too long"},
		{"exp as text", i.Token(map[string]any{"exp": "tomorrow"}), malformed},
		{"exp beyond time", i.Token(map[string]any{"exp": 1e300}), malformed},
		{"nbf beyond time", i.Token(map[string]any{"nbf": 1e300}), malformed},
		{"nested audience", i.Token(map[string]any{"aud": [][]string{{issuer.Audience}}}), malformed},
		{"subject as number", i.Token(map[string]any{"sub": 5}), malformed},
		{"other key", i.Signed(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: stranger, KeyID: id}}, nil), key},
		{"other key id", i.Signed(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: stranger, KeyID: "stranger"}}, nil), key},
		{"none", unsigned(`{"alg":"none","typ":"JWT"}`, good) + ".", algorithm},
		{"hmac", i.Signed(jose.SigningKey{Algorithm: jose.HS256, Key: make([]byte, 32)}, nil), algorithm},
		{"no token", "opaque", algorithm},
		{"changed", good[:len(good)-6] + "AAAAAA", key},
		{"json form", `{"payload":"","signatures":[]}`, algorithm},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDoor(t, tokenSettings(i), one(bearerScheme))
			h := d.refuses(401, test.want, "GET", "/orders", bearer(test.token))
			want := `Bearer realm="tokens", error="invalid_token", error_description="` + test.want + `"`
			if got := h.Get("WWW-Authenticate"); got != want {
				t.Errorf("got %s\nwant %s", got, want)
			}
			if strings.Contains(d.log.String(), test.token) {
				t.Errorf("the log has the token:\n%s", d.log)
			}
		})
	}
}

// unsigned is the payload of a token behind another header.
func unsigned(header, token string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + strings.Split(token, ".")[1]
}

func TestAlgorithms(t *testing.T) {
	long, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	i := issuer.Start(t)
	d := func() *door { return newDoor(t, tokenSettings(i), one(bearerScheme)) }
	i.Use(long, jose.RS256)
	d().admits("GET", "/orders", bearer(i.Token(nil)))
	wrong := jose.SigningKey{Algorithm: jose.PS256, Key: jose.JSONWebKey{Key: long, KeyID: i.Public().KeyID}}
	d().refuses(401, "the token is not signed by a key of the issuer", "GET", "/orders", bearer(i.Signed(wrong, nil))) // the key is for RS256
	i.Use(long, jose.PS384)
	d().admits("GET", "/orders", bearer(i.Token(nil)))
	i.Use(curve, jose.ES384)
	d().admits("GET", "/orders", bearer(i.Token(nil)))
	i.Use(edwards, jose.EdDSA)
	d().admits("GET", "/orders", bearer(i.Token(nil)))
	// a token without a key id is checked with every key that fits
	i.Publish(jose.JSONWebKey{Key: curve.Public(), KeyID: "second"})
	d().admits("GET", "/orders", bearer(i.Signed(jose.SigningKey{Algorithm: jose.ES384, Key: curve}, nil)))
	// a key that is meant for encryption signs nothing
	i.Publish(jose.JSONWebKey{Key: long.Public(), KeyID: "enc", Use: "enc"})
	wrong = jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: long, KeyID: "enc"}}
	d().refuses(401, "the token is not signed by a key of the issuer", "GET", "/orders", bearer(i.Signed(wrong, nil)))
	i.Publish(jose.JSONWebKey{Key: short.Public(), KeyID: "short"})
	if fits(jose.JSONWebKey{Key: short.Public()}, jose.RS256) {
		t.Error("an RSA key of 1024 bits is taken")
	}
}

func TestScopesOfTokens(t *testing.T) {
	i := issuer.Start(t)
	d := newDoor(t, tokenSettings(i), one(oauthScheme))
	for _, claims := range []map[string]any{
		{"scope": "openid orders:read"},
		{"scp": "orders:read"},
		{"scp": []string{"a", "orders:read"}},
	} {
		d.admits("GET", "/orders", bearer(i.Token(claims)))
	}
	for _, claims := range []map[string]any{{}, {"scope": "orders:readonly"}, {"scp": 1}} {
		h := d.refuses(403, `the credentials lack the scope "orders:read"`, "GET", "/orders", bearer(i.Token(claims)))
		if got, want := h.Get("WWW-Authenticate"), `Bearer realm="oauth", error="insufficient_scope", scope="orders:read"`; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	h := d.refuses(401, "the operation needs credentials", "GET", "/orders")
	if got, want := h.Get("WWW-Authenticate"), `Bearer realm="oauth", scope="orders:read"`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestTokenInAnAPIKey: a scheme may say that the token stands in a cookie or another header.
func TestTokenInAnAPIKey(t *testing.T) {
	i := issuer.Start(t)
	d := newDoor(t, tokenSettings(i), one(cookieScheme))
	if ann := d.admits("GET", "/orders", "Cookie: session="+i.Token(nil)); ann.Subject != "ann" {
		t.Errorf("got %+v", ann)
	}
	d = newDoor(t, tokenSettings(i), one(keyScheme))
	d.admits("GET", "/orders", "X-Key: "+i.Token(nil))
}
