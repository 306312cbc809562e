package auth

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/config"
)

func hashOf(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

// keysSetting is a setting with the keys of ann (orders:read) and bob.
func keysSetting(t *testing.T) map[string]config.Verifier {
	t.Helper()
	text := "# keys\n\nann:" + hashOf("key of ann") + ":orders:read, orders:write\nurn:bob:" + strings.ToUpper(hashOf("key of bob")) + "\n"
	return map[string]config.Verifier{"key": {KeysFile: write(t, text)}, "tokens": {KeysFile: write(t, text)}, "oauth": {Issuer: "https://a.example", Audience: "b"}}
}

func TestKeys(t *testing.T) {
	for _, test := range []struct {
		name   string
		scheme endpoint.Scheme
		target string
		header string // with KEY for the key
	}{
		{"header", keyScheme, "/orders", "x-key: KEY"},
		{"query", queryScheme, "/orders?a=b&key=KEY", "X-Other: KEY"},
		{"cookie", cookieScheme, "/orders", "Cookie: a=b; session=KEY"},
		{"bearer", bearerScheme, "/orders", "Authorization: bearer KEY"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDoor(t, keysSetting(t), one(test.scheme))
			with := func(key string) (target, header string) {
				return strings.ReplaceAll(test.target, "KEY", strings.ReplaceAll(key, " ", "%20")), strings.ReplaceAll(test.header, "KEY", key)
			}
			target, header := with("key of ann")
			ann := d.admits("GET", target, header)
			if want := map[string]any{"sub": "ann", "scope": "orders:read orders:write"}; ann.Subject != "ann" || !reflect.DeepEqual(ann.Claims, want) || !ann.Expires.IsZero() {
				t.Errorf("got %+v", ann)
			}
			target, header = with("key of bob")
			if bob := d.admits("GET", target, header); bob.Subject != "urn:bob" {
				t.Errorf("got %+v", bob)
			}
			target, header = with("key of eve")
			d.refuses(401, "the key is not valid", "GET", target, header)
			target, header = with("")
			d.refuses(401, "the operation needs credentials", "GET", target, header)
			d.refuses(401, "the operation needs credentials", "GET", "/orders")
			target, header = with(strings.Repeat("k", maxCredential+1))
			d.refuses(401, "the credentials are too long", "GET", target, header)
			if strings.Contains(d.log.String(), "key of") {
				t.Errorf("the log has a key:\n%s", d.log)
			}
		})
	}
}

// TestCredentialsThatStandTwice: nobody knows which one a proxy before the gateway has checked.
func TestCredentialsThatStandTwice(t *testing.T) {
	d := newDoor(t, keysSetting(t), one(cookieScheme))
	d.refuses(401, "the credentials stand twice", "GET", "/orders", "Cookie: session=key of ann; session=key of bob")
	d = newDoor(t, keysSetting(t), one(keyScheme))
	d.refuses(401, "the credentials stand twice", "GET", "/orders", "X-Key: key of ann", "X-Key: key of ann")
	d = newDoor(t, keysSetting(t), one(queryScheme))
	d.refuses(401, "the credentials stand twice", "GET", "/orders?key=key%20of%20ann&key=key%20of%20ann")
	d = newDoor(t, keysSetting(t), one(bearerScheme))
	d.refuses(401, "the credentials stand twice", "GET", "/orders", "Authorization: Bearer key of ann", "Authorization: Bearer key of ann")
	d.refuses(401, "the credentials stand twice", "GET", "/orders", "Authorization: Bearer key of ann", password("bob", "b"))
}

func TestScopesOfKeys(t *testing.T) {
	scheme := keyScheme
	scheme.Scopes = []string{"orders:read"}
	d := newDoor(t, keysSetting(t), one(scheme))
	d.admits("GET", "/orders", "X-Key: key of ann")
	h := d.refuses(403, `the credentials lack the scope "orders:read"`, "GET", "/orders", "X-Key: key of bob")
	if got := h.Get("WWW-Authenticate"); got != `ApiKey realm="key", in="header", name="X-Key"` {
		t.Errorf("got %s", got)
	}
}

func TestParseKeys(t *testing.T) {
	hash := hashOf("k")
	for text, want := range map[string]string{
		"ann":                                `1: a key is written subject:sha256-hex[:scope,scope], with 64 hex digits`,
		"\n# a\nann:abc":                     `3: a key is written subject:sha256-hex[:scope,scope], with 64 hex digits`,
		":" + hash:                           `1: a key is written subject:sha256-hex[:scope,scope], with 64 hex digits`,
		"ann:" + hash + "\nbob:" + hash + "": `2: "ann" and "bob" have the same key`,
	} {
		if _, err := parseKeys(text); err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

// TestFileIsReadAgain: a key that is added counts without a restart, and a broken file changes
// nothing.
func TestFileIsReadAgain(t *testing.T) {
	settings := keysSetting(t)
	path := settings["key"].KeysFile
	d := newDoor(t, settings, one(keyScheme))
	d.refuses(401, "the key is not valid", "GET", "/orders", "X-Key: key of eve")
	if err := os.WriteFile(path, []byte("eve:"+hashOf("key of eve")), 0o600); err != nil {
		t.Fatal(err)
	}
	until(t, "the old key counts no more", func() bool { return d.send("GET", "/orders", "X-Key: key of ann").Code == 401 })
	d.admits("GET", "/orders", "X-Key: key of eve")
	if err := os.WriteFile(path, []byte("broken"), 0o600); err != nil {
		t.Fatal(err)
	}
	until(t, "the broken file is in the log", func() bool {
		d.admits("GET", "/orders", "X-Key: key of eve")
		return strings.Contains(d.log.String(), "what it said before stays in force")
	})
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	until(t, "the lost file is in the log", func() bool {
		d.admits("GET", "/orders", "X-Key: key of eve")
		return strings.Count(d.log.String(), "what it said before stays in force") == 2
	})
}

func TestFileBounds(t *testing.T) {
	path := write(t, strings.Repeat("#", maxFile+1))
	_, err := newKeys(path, nil)
	if want := path + ": a file of users or keys has at most 16 MiB"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	path = t.TempDir()
	_, err = newKeys(path, nil)
	if want := path + ": a file of users or keys is a regular file"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	path = write(t, "x")
	_, err = newKeys(path, nil)
	if want := path + ":1: a key is written subject:sha256-hex[:scope,scope], with 64 hex digits"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestManyFailuresOfOneAddress: after many wrong keys the answer is 429; a right key still counts.
func TestManyFailuresOfOneAddress(t *testing.T) {
	d := newDoor(t, keysSetting(t), one(keyScheme))
	for i := range failureBurst {
		d.refuses(401, "the key is not valid", "GET", "/orders", fmt.Sprintf("X-Key: guess %d", i))
	}
	h := d.refuses(429, "too many failed authentications of this address", "GET", "/orders", "X-Key: guess")
	if got := h.Get("Retry-After"); got != "5" {
		t.Errorf("Retry-After is %q", got)
	}
	if log := d.log.String(); !strings.Contains(log, `level=WARN msg="too many failed authentications" remote=192.0.2.1 path=/orders`) {
		t.Errorf("the log has\n%s", log)
	}
	d.admits("GET", "/orders", "X-Key: key of ann")
}

// until waits until a condition holds.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}
