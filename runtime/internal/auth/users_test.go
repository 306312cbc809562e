package auth

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"github.com/penstock-dev/penstock/runtime/internal/config"
)

// htpasswd is a line of a file of users, with a hash that takes little time.
func htpasswd(t *testing.T, name, password string) string {
	t.Helper()
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	return name + ":" + strings.Replace(string(hash), "$2a$", "$2y$", 1) + "\n" // htpasswd writes 2y
}

func usersSetting(t *testing.T) map[string]config.Verifier {
	t.Helper()
	return map[string]config.Verifier{"users": {UsersFile: write(t, "# users\n"+htpasswd(t, "ann", "sesame: é")+htpasswd(t, "bob", "b"))}}
}

func password(name, password string) string {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.SetBasicAuth(name, password)
	return "Authorization: " + r.Header.Get("Authorization")
}

func TestUsers(t *testing.T) {
	d := newDoor(t, usersSetting(t), one(basicScheme))
	for range 2 { // by its hash, then remembered
		if ann := d.admits("POST", "/orders", password("ann", "sesame: é")); ann.Subject != "ann" || ann.Claims["sub"] != "ann" {
			t.Errorf("got %+v", ann)
		}
	}
	const wrong = "the user or the password is wrong"
	h := d.refuses(401, wrong, "GET", "/orders", password("ann", "b"))
	if got, want := h.Get("WWW-Authenticate"), `Basic realm="users", charset="UTF-8"`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	d.refuses(401, wrong, "GET", "/orders", password("ann", ""))
	d.refuses(401, wrong, "GET", "/orders", password("eve", "b"))
	d.refuses(401, wrong, "GET", "/orders", password("bob\x00b", ""))
	d.refuses(401, "the credentials are malformed", "GET", "/orders", "Authorization: Basic ###")
	d.refuses(401, "the operation needs credentials", "GET", "/orders", "Authorization: Bearer abc")
	d.refuses(401, "the credentials stand twice", "GET", "/orders", password("ann", "b"), password("bob", "b"))
}

// TestPasswordsAreGuessedSlowly: after a few wrong ones nothing is checked any more, but who has
// been let in before stays.
func TestPasswordsAreGuessedSlowly(t *testing.T) {
	d := newDoor(t, usersSetting(t), one(basicScheme))
	d.admits("GET", "/orders", password("ann", "sesame: é"))
	for range failureBurst {
		d.refuses(401, "the user or the password is wrong", "GET", "/orders", password("bob", "guess"))
	}
	const slowed = "too many failed authentications of this address"
	h := d.refuses(429, slowed, "GET", "/orders", password("bob", "guess"))
	if got := h.Get("Retry-After"); got != "5" {
		t.Errorf("Retry-After is %q", got)
	}
	d.refuses(429, slowed, "GET", "/orders", password("bob", "b")) // it is not looked at
	d.admits("GET", "/orders", password("ann", "sesame: é"))
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/orders", nil)
	r.RemoteAddr = "198.51.100.7:1"
	r.SetBasicAuth("bob", "b")
	if w := d.serve(r); w.Code != http.StatusNoContent {
		t.Errorf("another address: got %d", w.Code)
	}
}

func TestFewHashesRunAtOnce(t *testing.T) {
	d := newDoor(t, usersSetting(t), one(basicScheme))
	u, err := newUsers(usersSetting(t)["users"].UsersFile, d.gate.options.Log)
	if err != nil {
		t.Fatal(err)
	}
	d.policy.alternatives[0][0].verify = u.verify
	for range cap(u.waiting) {
		u.waiting <- struct{}{}
	}
	for range failureBurst + 1 { // which is no failure
		d.refuses(429, "too many passwords wait to be checked", "GET", "/orders", password("bob", "b"))
	}
	<-u.waiting
	d.admits("GET", "/orders", password("bob", "b"))
}

// TestManyGuessesAtOnce: guesses that come together are counted as those that come one by one, and
// right passwords that come together are no failures.
func TestManyGuessesAtOnce(t *testing.T) {
	d := newDoor(t, usersSetting(t), one(basicScheme))
	many := func(name, text string, status int) int {
		var wg sync.WaitGroup
		var answered atomic.Int64
		for range 40 {
			wg.Go(func() {
				if d.send("GET", "/orders", password(name, text)).Code == status {
					answered.Add(1)
				}
			})
		}
		wg.Wait()
		return int(answered.Load())
	}
	if n := many("ann", "sesame: é", http.StatusNoContent); n != 40 {
		t.Errorf("%d of 40 right passwords were let in", n)
	}
	if n := many("bob", "guess", http.StatusUnauthorized); n != failureBurst {
		t.Errorf("%d of 40 guesses were checked", n)
	}
}

func TestPasswordsAreRememberedApart(t *testing.T) {
	u, err := newUsers(usersSetting(t)["users"].UsersFile, nil)
	if err != nil {
		t.Fatal(err)
	}
	key := u.key("ann", "a", []byte("hash"))
	for _, other := range [][32]byte{u.key("ann", "b", []byte("hash")), u.key("ann", "a", []byte("new")), u.key("an", "na", []byte("hash"))} {
		if other == key {
			t.Error("two different passwords are remembered as one")
		}
	}
}

func TestParseUsers(t *testing.T) {
	good := htpasswd(t, "ann", "a")
	for text, want := range map[string]string{
		"ann":                                   `1: a user is written name:hash`,
		":x":                                    `1: a user is written name:hash`,
		"\nann:$apr1$a$b":                       `2: the hash of "ann" is not a bcrypt hash: write it with htpasswd -B`,
		"ann:{SHA}0DPiKuNIrr":                   `1: the hash of "ann" is not a bcrypt hash: write it with htpasswd -B`,
		"ann:$2y$15$" + strings.Repeat("a", 53): `1: the hash of "ann" has cost 15, above 14`,
		good + good:                             `2: user "ann" stands twice`,
	} {
		if _, err := parseUsers(text); err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}
