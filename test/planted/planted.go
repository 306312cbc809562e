// Package planted finds secrets that got out. A test makes secrets that nobody else has, gives
// them to a gateway where real ones stand, shows it everything that comes out again, and asks at
// its end whether one of them was seen.
package planted

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Garden is the secrets of one test. It is safe for concurrent use.
type Garden struct {
	mu      sync.Mutex
	secrets map[string]string // by the place where it was planted
	seen    []string          // sentences
}

// New makes a garden; when the test ends, it fails for every secret that was seen.
func New(t testing.TB) *Garden {
	t.Helper()
	g := &Garden{secrets: map[string]string{}}
	t.Cleanup(func() {
		for _, sentence := range g.Seen() {
			t.Error(sentence)
		}
	})
	return g
}

// Secret gives the secret for a place, as "password of the key store". It has letters, digits and
// "-", so that no format writes it in another way.
func (g *Garden) Secret(place string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	secret, known := g.secrets[place]
	if !known {
		secret = fmt.Sprintf("planted-%016x", rand.Uint64())
		g.secrets[place] = secret
	}
	return secret
}

// Plant takes a secret that the test made itself; of a pair, as "user:password", only what is
// secret of it.
func (g *Garden) Plant(place, secret string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.secrets[place] = secret
}

// Look looks for secrets in a text, as they are and in base64; where says what the text is.
func (g *Garden) Look(where, text string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for place, secret := range g.secrets {
		inText := func(form string) bool { return strings.Contains(text, form) }
		if inText(secret) || slices.ContainsFunc(encoded(secret), inText) {
			if sentence := fmt.Sprintf("the secret %q is in %s", place, where); !slices.Contains(g.seen, sentence) {
				g.seen = append(g.seen, sentence)
			}
		}
	}
}

// Seen lists the secrets that were seen, with the place where.
func (g *Garden) Seen() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.seen)
}

// encoded is a secret in base64 as it is at the three places where it can stand in what was
// encoded, without the characters that depend on its neighbours.
func encoded(secret string) []string {
	forms := make([]string, 3)
	for before := range forms {
		form := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("-", before) + secret))
		forms[before] = form[(before*8+5)/6 : (before+len(secret))*8/6]
	}
	return forms
}

// Dial makes connections of which everything that is read is looked at: HTTP and WebSocket
// without TLS and compression.
func (g *Garden) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	c, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, fmt.Errorf("dial %s: %w", address, err)
	}
	return &conn{Conn: c, look: g.Writer("an answer")}, nil
}

// conn looks at what is read.
type conn struct {
	net.Conn
	look io.Writer
}

func (c *conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	_, _ = c.look.Write(p[:n]) // a looker never fails
	return n, err
}

// longest is more than the length of any secret, also in base64.
const longest = 256

// Writer looks at everything that is written to it. It keeps no more of it than it needs to find
// a secret that came in two pieces. One goroutine uses it at a time.
func (g *Garden) Writer(where string) io.Writer { return &looker{garden: g, where: where} }

type looker struct {
	garden *Garden
	where  string
	tail   string
}

func (l *looker) Write(p []byte) (int, error) {
	text := l.tail + string(p)
	l.garden.Look(l.where, text)
	l.tail = text[max(0, len(text)-longest):]
	return len(p), nil
}

// Headers is a transport that sends credentials with each request that has none of their own.
func (g *Garden) Headers(below http.RoundTripper) http.RoundTripper {
	return &headers{below, map[string]string{
		"Authorization":       "Bearer " + g.Secret("header Authorization"),
		"Proxy-Authorization": "Bearer " + g.Secret("header Proxy-Authorization"),
		"Cookie":              "session=" + g.Secret("cookie"),
		"X-Api-Key":           g.Secret("header X-Api-Key"),
	}}
}

type headers struct {
	http.RoundTripper
	credentials map[string]string
}

// RoundTrip implements http.RoundTripper.
func (h *headers) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	for name, value := range h.credentials {
		if r.Header.Get(name) == "" {
			r.Header.Set(name, value)
		}
	}
	return h.RoundTripper.RoundTrip(r) //nolint:wrapcheck // it is the transport's own
}
