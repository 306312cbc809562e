package auth

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/config"
)

// oneKey is a file with one key.
func oneKey(t *testing.T, subject, key string) config.Verifier {
	t.Helper()
	sum := sha256.Sum256([]byte(key))
	return config.Verifier{KeysFile: write(t, subject+":"+hex.EncodeToString(sum[:])+"\n")}
}

// TestRightKeyOfAnotherScheme: a key that is right for the second scheme that looks at it is no
// failure of its address; a wrong one is.
func TestRightKeyOfAnotherScheme(t *testing.T) {
	first, second := endpoint.Scheme{Name: "first", Type: "bearer"}, endpoint.Scheme{Name: "second", Type: "bearer"}
	d := newDoor(t, map[string]config.Verifier{"first": oneKey(t, "ann", "key of ann"), "second": oneKey(t, "bob", "key of bob")},
		one(first), one(second))
	for range 2 * failureBurst {
		if got := d.admits("GET", "/orders", "Authorization: Bearer key of bob"); got.Subject != "bob" {
			t.Fatalf("got %+v", got)
		}
	}
	for range failureBurst / 2 { // each is wrong for both
		d.refuses(401, "the key is not valid", "GET", "/orders", "Authorization: Bearer guess")
	}
	d.refuses(429, "too many failed authentications of this address", "GET", "/orders", "Authorization: Bearer guess")
}

// TestGuessesBesideAKey: passwords cannot be guessed for free by somebody who has a key.
func TestGuessesBesideAKey(t *testing.T) {
	settings := usersSetting(t)
	settings["key"] = oneKey(t, "bob", "key of bob")
	d := newDoor(t, settings, one(basicScheme), one(keyScheme))
	for range failureBurst {
		d.admits("GET", "/orders", password("ann", "guess"), "X-Key: key of bob")
	}
	d.refuses(429, "too many failed authentications of this address", "GET", "/orders", password("ann", "guess"))
}
