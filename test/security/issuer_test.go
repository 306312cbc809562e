package security

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"time"
)

const (
	audience     = "kafka"
	clientID     = "gateway"
	clientSecret = "geheim-client+secret"
)

// issuer signs tokens: the broker takes its key from /jwks, the gateway its tokens from /token.
type issuer struct {
	keys  *httptest.Server // http, as the broker reads it
	token *httptest.Server // https
	key   *rsa.PrivateKey
	life  atomic.Int64 // of the next tokens, in seconds
	asked atomic.Int64 // requests for tokens
}

func newIssuer() (*issuer, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	i := &issuer{key: key}
	i.life.Store(300)
	i.keys = httptest.NewServer(http.HandlerFunc(i.serveKeys))
	i.token = httptest.NewUnstartedServer(http.HandlerFunc(i.serveToken))
	i.token.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	i.token.StartTLS()
	return i, nil
}

func (i *issuer) close() {
	i.keys.Close()
	i.token.Close()
}

// authority is what trusts the token endpoint.
func (i *issuer) authority() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: i.token.Certificate().Raw}))
}

func (i *issuer) serveKeys(w http.ResponseWriter, _ *http.Request) {
	part := base64.RawURLEncoding.EncodeToString
	_ = json.NewEncoder(w).Encode(map[string]any{"keys": []any{map[string]any{
		"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "one",
		"n": part(i.key.N.Bytes()), "e": part(big.NewInt(int64(i.key.E)).Bytes()),
	}}})
}

func (i *issuer) serveToken(w http.ResponseWriter, r *http.Request) {
	i.asked.Add(1)
	w.Header().Set("Content-Type", "application/json")
	id, secret, _ := r.BasicAuth()
	if r.FormValue("grant_type") != "client_credentials" || id != clientID || secret != "geheim-client%2Bsecret" {
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = w.Write([]byte(`{"error":"invalid_client"}`))
		return
	}
	life := time.Duration(i.life.Load()) * time.Second
	token, err := i.sign(i.key, clientID, life)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"access_token": token, "token_type": "Bearer", "expires_in": life.Seconds()})
}

// sign makes a token (RS256) for a subject.
func (i *issuer) sign(key *rsa.PrivateKey, subject string, life time.Duration) (string, error) {
	claims, err := json.Marshal(map[string]any{
		"iss": i.keys.URL, "aud": audience, "sub": subject,
		"iat": time.Now().Add(-time.Hour).Unix(), "exp": time.Now().Add(life).Unix(),
	})
	if err != nil {
		return "", err
	}
	part := base64.RawURLEncoding.EncodeToString
	text := part([]byte(`{"alg":"RS256","kid":"one"}`)) + "." + part(claims)
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		return "", fmt.Errorf("signing a token: %w", err)
	}
	return text + "." + part(signature), nil
}
