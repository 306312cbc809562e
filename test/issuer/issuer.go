// Package issuer is a small OpenID Connect issuer for tests: discovery, keys and tokens, on this
// machine.
package issuer

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// Audience is the audience of tokens that name none.
const Audience = "https://gateway.example"

// Issuer is a running issuer. Safe for concurrent use.
type Issuer struct {
	URL string
	t   testing.TB

	mu    sync.Mutex
	keys  []jose.JSONWebKey // public
	id    string
	key   crypto.Signer
	away  bool
	asked int
}

// Start starts an issuer with one P-256 key. It ends with the test.
func Start(t testing.TB) *Issuer {
	t.Helper()
	i := &Issuer{t: t}
	server := httptest.NewServer(http.HandlerFunc(i.serve))
	t.Cleanup(server.Close)
	i.URL = server.URL
	i.Rotate()
	return i
}

// Rotate gives the issuer a new key; the old ones are no longer published.
func (i *Issuer) Rotate() {
	i.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		i.t.Fatal(err)
	}
	i.Use(key, jose.ES256)
}

// Use makes a key the only one of the issuer, published for one algorithm.
func (i *Issuer) Use(key crypto.Signer, algorithm jose.SignatureAlgorithm) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.id = "key-" + strconv.FormatInt(time.Now().UnixNano(), 36)
	i.key = key
	i.keys = []jose.JSONWebKey{{Key: key.Public(), KeyID: i.id, Algorithm: string(algorithm), Use: "sig"}}
}

// Publish adds a key to the ones that are published.
func (i *Issuer) Publish(key jose.JSONWebKey) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.keys = append(i.keys, key)
}

// Away makes the issuer answer 503, or serve again.
func (i *Issuer) Away(away bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.away = away
}

// Asked is how often the keys were asked for.
func (i *Issuer) Asked() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.asked
}

// Public is the current key as it is published.
func (i *Issuer) Public() jose.JSONWebKey {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.keys[0]
}

// Token signs a token: of this issuer, for Audience, of subject ann, good for an hour. claims
// change that; nil removes one.
func (i *Issuer) Token(claims map[string]any) string {
	i.t.Helper()
	i.mu.Lock()
	id, key, algorithm := i.id, i.key, jose.SignatureAlgorithm(i.keys[0].Algorithm)
	i.mu.Unlock()
	return i.Signed(jose.SigningKey{Algorithm: algorithm, Key: jose.JSONWebKey{Key: key, KeyID: id}}, claims)
}

// Signed is Token with another key.
func (i *Issuer) Signed(key jose.SigningKey, claims map[string]any) string {
	i.t.Helper()
	signer, err := jose.NewSigner(key, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		i.t.Fatal(err)
	}
	token, err := jwt.Signed(signer).Claims(i.Claims(claims)).Serialize()
	if err != nil {
		i.t.Fatal(err)
	}
	return token
}

// Claims are the claims of a token, see Token.
func (i *Issuer) Claims(change map[string]any) map[string]any {
	now := time.Now()
	all := map[string]any{
		"iss": i.URL, "aud": Audience, "sub": "ann", "iat": now.Unix(), "exp": now.Add(time.Hour).Unix(),
	}
	for name, value := range change {
		if all[name] = value; value == nil {
			delete(all, name)
		}
	}
	return all
}

func (i *Issuer) serve(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	var answer any
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		answer = map[string]any{"issuer": i.URL, "jwks_uri": i.URL + "/keys"}
	case "/keys":
		i.asked++
		answer = jose.JSONWebKeySet{Keys: i.keys}
	default:
		http.NotFound(w, r)
		return
	}
	if i.away {
		http.Error(w, "away", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		i.t.Log(err)
	}
}
