package security

import (
	"net/http"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/test/harness"
)

// reauthEvery is how long the broker of listener REAUTH takes a login for good (KIP-368). The
// broker ends a connection that does not log in again within it.
const reauthEvery = 4 * time.Second

// tokenLife is shorter than the test below lasts: it needs a second token.
const tokenLife = 12 * time.Second

// TestStreamsOutliveLogins: connections log in again while streams run, and no stream notices.
func TestStreamsOutliveLogins(t *testing.T) {
	l := kafka.listeners["REAUTH"]
	tokens.life.Store(int64(tokenLife.Seconds()))
	defer tokens.life.Store(300)
	type running struct {
		*gateway
		*stream
	}
	var all []running
	for _, login := range logins(t) {
		g := start(t, l, secured(l, login[0]))
		all = append(all, running{g, g.watch()})
	}
	round := func() {
		for _, r := range all {
			id := uniqueOrder()
			r.places(id)
			r.wants(id)
		}
	}
	round()
	connections, logged, asked := l.proxy.connections.Load(), l.proxy.logins.Load(), tokens.asked.Load()
	for began := time.Now(); time.Since(began) < tokenLife+reauthEvery/2; time.Sleep(reauthEvery / 20) {
		round()
	}
	// A loaded machine may let one pass its time; without new logins each would, every reauthEvery.
	if n := l.proxy.connections.Load() - connections; n > int64(len(all)) {
		t.Errorf("%d connections were made anew", n)
	}
	// Each gateway has a connection that writes and one that reads, at least; each logs in twice
	// more, at least.
	if n, least := l.proxy.logins.Load()-logged, int64(4*len(all)); n < least {
		t.Errorf("%d requests of logins of %d gateways, want %d at least", n, len(all), least)
	}
	if n := tokens.asked.Load() - asked; n < 1 || n > 10 {
		t.Errorf("%d more tokens in %s, each for %s", n, tokenLife+reauthEvery/2, tokenLife)
	}
}

// TestTokenExpires: a token that expired is not sent to the broker, neither at the start nor later.
func TestTokenExpires(t *testing.T) {
	l := kafka.listeners["SASL_PLAINTEXT_OAUTHBEARER"]
	before := l.proxy.logins.Load()
	start(t, l, secured(l, static(t, -time.Minute))).refuses("kafka refuses the login", "access_token expired at ")
	if n := l.proxy.logins.Load() - before; n != 0 {
		t.Errorf("the expired token was sent %d times", n)
	}

	l = kafka.listeners["REAUTH"]
	g := start(t, l, secured(l, static(t, 3*reauthEvery)))
	g.places(uniqueOrder())
	harness.Eventually(t, "503 when the token expired", func() bool { return g.post(uniqueOrder()).Status == http.StatusServiceUnavailable })
	g.refuses("access_token expired at ")
}
