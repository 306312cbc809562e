package auth

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/runtime/internal/config"
	"github.com/penstock-dev/penstock/test/issuer"
)

// clock is a time that a test moves.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// keysOf are the keys of an issuer with a clock of their own, before their first question.
func keysOf(t *testing.T, i *issuer.Issuer) (*door, *clock) {
	t.Helper()
	d := newDoor(t, tokenSettings(i), one(bearerScheme))
	set, err := newKeySet("tokens", i.URL, "", d.gate.options.Log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = set.close(t.Context()) })
	c := &clock{at: time.Now()}
	set.now = c.now
	tokens := newTokens(i.URL, issuer.Audience, set)
	tokens.right.now = c.now
	v := &verifier{text: tokens.check}
	d.policy.alternatives[0][0].verify = v.of(bearerScheme)
	return d, c
}

const away = "the issuer of the credentials cannot be reached, so they cannot be checked"

func TestIssuerAwayAtFirst(t *testing.T) {
	i := issuer.Start(t)
	i.Away(true)
	d, c := keysOf(t, i)
	h := d.refuses(503, away, "GET", "/orders", bearer(i.Token(nil)))
	if h.Get("Retry-After") != "5" || !strings.Contains(d.log.String(), "answered 503 Service Unavailable") {
		t.Errorf("Retry-After %q, log\n%s", h.Get("Retry-After"), d.log)
	}
	i.Away(false)
	d.refuses(503, away, "GET", "/orders", bearer(i.Token(nil))) // not asked again yet
	c.advance(askAgainAway)
	d.admits("GET", "/orders", bearer(i.Token(nil)))
}

func TestRotation(t *testing.T) {
	i := issuer.Start(t)
	d, c := keysOf(t, i)
	old := i.Token(nil)
	for range 2 { // by its signature, then remembered
		d.admits("GET", "/orders", bearer(old))
	}
	i.Rotate()
	const unknown = "the token is not signed by a key of the issuer"
	d.refuses(401, unknown, "GET", "/orders", bearer(i.Token(nil))) // asked a moment ago
	if i.Asked() != 1 {
		t.Errorf("asked %d times", i.Asked())
	}
	c.advance(askAgain)
	d.admits("GET", "/orders", bearer(i.Token(nil)))
	d.refuses(401, unknown, "GET", "/orders", bearer(old))
	if i.Asked() != 2 {
		t.Errorf("asked %d times", i.Asked())
	}
}

func TestStaleKeysWhileTheIssuerIsAway(t *testing.T) {
	i := issuer.Start(t)
	d, c := keysOf(t, i)
	token := i.Token(map[string]any{"exp": time.Now().Add(48 * time.Hour).Unix()})
	d.admits("GET", "/orders", bearer(token))
	i.Away(true)
	c.advance(keysFresh)
	d.admits("GET", "/orders", bearer(token))
	until(t, "the failure is in the log", func() bool { return strings.Contains(d.log.String(), "keys of an issuer not read") })
	c.advance(keysKept - keysFresh - time.Second)
	d.admits("GET", "/orders", bearer(token))
	c.advance(rememberedFor + time.Second)
	d.refuses(503, away, "GET", "/orders", bearer(token))
}

// TestOldKeysAreAskedForAgain: a key that the issuer has withdrawn does not last.
func TestOldKeysAreAskedForAgain(t *testing.T) {
	i := issuer.Start(t)
	d, c := keysOf(t, i)
	token := i.Token(nil)
	d.admits("GET", "/orders", bearer(token))
	i.Rotate()
	c.advance(keysFresh)
	until(t, "the withdrawn key counts no more", func() bool { return d.send("GET", "/orders", bearer(token)).Code == 401 })
}

// TestManyRequestsAskOnce: however many requests wait for keys, the issuer is asked once.
func TestManyRequestsAskOnce(t *testing.T) {
	i := issuer.Start(t)
	d, _ := keysOf(t, i)
	token := i.Token(nil)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if w := d.send("GET", "/orders", bearer(token)); w.Code != http.StatusNoContent {
				t.Errorf("got %d", w.Code)
			}
		})
	}
	wg.Wait()
	if i.Asked() != 1 {
		t.Errorf("asked %d times", i.Asked())
	}
}

// TestAnswersOfTheIssuer: what an issuer may not answer is in the log, not with the client.
func TestAnswersOfTheIssuer(t *testing.T) {
	for _, test := range []struct {
		name, discovery, keys, want string
	}{
		{"other issuer", `{"issuer":"https://evil.example","jwks_uri":"URL/keys"}`, "", `is of issuer \"https://evil.example\", not \"URL\"`},
		{"no address", `{"issuer":"URL"}`, "", "has no jwks_uri"},
		{"unprotected keys", `{"issuer":"URL","jwks_uri":"http://keys.example"}`, "", `\"http://keys.example\" is not https`},
		{"no JSON", `<html>`, "", "invalid character"},
		{"too large", `"` + strings.Repeat("a", maxAnswer) + `"`, "", "the answer is too large"},
		{"redirect", "", "", "answered 302 Found"},
		{"no key", `{"issuer":"URL","jwks_uri":"URL/keys"}`, `{"keys":[{"kty":"oct","k":"AAAA"},{"kty":"new"}]}`, "has no key for signatures"},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := httptest.NewServer(nil)
			defer server.Close()
			server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				text := test.discovery
				switch {
				case r.URL.Path == "/keys":
					text = test.keys
				case text == "":
					http.Redirect(w, r, "/keys", http.StatusFound)
					return
				}
				_, _ = w.Write([]byte(strings.ReplaceAll(text, "URL", server.URL)))
			})
			d := newDoor(t, map[string]config.Verifier{"tokens": {Issuer: server.URL, Audience: "a"}}, one(bearerScheme))
			d.refuses(503, away, "GET", "/orders", bearer(issuer.Start(t).Token(nil)))
			if want := strings.ReplaceAll(test.want, "URL", server.URL); !strings.Contains(d.log.String(), want) {
				t.Errorf("the log has no %s:\n%s", want, d.log)
			}
		})
	}
}

// TestKeySetURL: discovery is not asked where the address of the keys is written.
func TestKeySetURL(t *testing.T) {
	i := issuer.Start(t)
	d := newDoor(t, map[string]config.Verifier{"tokens": {Issuer: "https://login.example", Audience: issuer.Audience, JWKSURL: i.URL + "/keys"}}, one(bearerScheme))
	d.admits("GET", "/orders", bearer(i.Token(map[string]any{"iss": "https://login.example"})))
}
