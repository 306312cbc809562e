package planted

import (
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
)

// open is a garden that does not fail its test.
func open() *Garden { return &Garden{secrets: map[string]string{}} }

// TestSecretsAreSeen proves that the check can fail: in one piece, in two, in base64 with
// something before it, and in the body and the header of an answer.
func TestSecretsAreSeen(t *testing.T) {
	for name, leak := range map[string]func(g *Garden, secret string){
		"a log": func(g *Garden, secret string) { g.Look("a log", "level=INFO password="+secret) },
		"pieces": func(g *Garden, secret string) {
			w := g.Writer("pieces")
			for _, b := range []byte("x" + secret) {
				if _, err := w.Write([]byte{b}); err != nil {
					t.Fatal(err)
				}
			}
		},
		"base64": func(g *Garden, secret string) {
			g.Look("base64", base64.StdEncoding.EncodeToString([]byte("ann:"+secret+"!")))
		},
		"an answer": func(g *Garden, secret string) {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("X-Leak", r.Header.Get("Authorization"))
			}))
			defer s.Close()
			transport := &http.Transport{DialContext: g.Dial}
			defer transport.CloseIdleConnections()
			response, err := (&http.Client{Transport: g.Headers(transport)}).Get(s.URL)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, response.Body)
			_ = response.Body.Close()
			g.Look("nothing", "of "+secret[:len(secret)-1])
		},
	} {
		g := open()
		place := "header Authorization"
		leak(g, g.Secret(place))
		if want := []string{`the secret "header Authorization" is in ` + name}; !slices.Equal(g.Seen(), want) {
			t.Errorf("%s: got %q, want %q", name, g.Seen(), want)
		}
	}
}

func TestNothingIsSeen(t *testing.T) {
	g := open()
	one, other := g.Secret("one"), g.Secret("other")
	if one == other || g.Secret("one") != one {
		t.Errorf("got %q and %q", one, other)
	}
	g.Plant("three", "geheim")
	g.Look("a log", "planted-0 geh "+one[1:]+" "+other[:len(other)-1])
	if seen := g.Seen(); seen != nil {
		t.Errorf("got %q", seen)
	}
	g.Look("a log", "geheimnis")
	if want := []string{`the secret "three" is in a log`}; !slices.Equal(g.Seen(), want) {
		t.Errorf("got %q, want %q", g.Seen(), want)
	}
}
