package auth

import (
	"crypto/sha256"
	"errors"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/penstock-dev/penstock/runtime/internal/exchange"
)

const (
	// skew is how far the clocks of issuer and gateway may differ.
	skew = time.Minute
	// maxSubject is the longest subject, in bytes.
	maxSubject = 1024
	// maxTokens bounds the tokens that are remembered, maxRemembered their length in bytes.
	maxTokens     = 4096
	maxRemembered = 4 << 10
)

// algorithms are the signatures that are accepted. Neither "none" nor an HMAC is among them: the
// key of an HMAC would be a public one (RFC 8725 section 2.1).
var algorithms = []jose.SignatureAlgorithm{
	jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512,
	jose.ES256, jose.ES384, jose.ES512, jose.EdDSA,
}

// tokens checks JSON Web Tokens (RFC 7519, RFC 8725).
type tokens struct {
	issuer, audience string
	keys             *keySet
	now              func() time.Time
	right            *memory[claims] // tokens whose signature was right
}

// claims are those of a token. Read only.
type claims struct {
	registered jwt.Claims
	all        map[string]any
	scopes     []string
	answer     int64 // of the issuer, that the signature was checked with
}

func newTokens(issuer, audience string, keys *keySet) *tokens {
	return &tokens{issuer: issuer, audience: audience, keys: keys, now: time.Now, right: newMemory[claims](maxTokens)}
}

// check verifies a token: signature, issuer, audience, exp (which it must have), nbf and iat. Only
// the signature is remembered for a while.
func (t *tokens) check(c credential) (proof, error) {
	key := sha256.Sum256([]byte(c.text))
	found, ok := t.right.get(key)
	if answer := t.keys.answers.Load(); !ok || found.answer != answer {
		var err error
		if found, err = t.signed(c); err != nil {
			return proof{}, err
		}
		if found.answer = answer; len(c.text) <= maxRemembered {
			t.right.put(key, found)
		}
	}
	if text := t.fault(found.registered); text != "" {
		return proof{}, c.wrong(text)
	}
	return c.prove(proof{
		identity: exchange.Identity{Subject: found.registered.Subject, Claims: found.all, Expires: found.registered.Expiry.Time().Add(skew)},
		scopes:   found.scopes,
	}), nil
}

// signed gives the claims of a token that a key of the issuer has signed.
func (t *tokens) signed(c credential) (claims, error) {
	token, err := jwt.ParseSigned(c.text, algorithms)
	if err != nil || len(token.Headers) != 1 {
		return claims{}, c.wrong("the token is not a JWT with an accepted signature algorithm")
	}
	header := token.Headers[0]
	candidates, err := t.keys.find(c.Context(), header.KeyID, jose.SignatureAlgorithm(header.Algorithm))
	if err != nil {
		return claims{}, err
	}
	wrong := "the token is not signed by a key of the issuer"
	for _, key := range candidates {
		var found claims
		err := token.Claims(key.Key, &found.registered, &found.all)
		if err == nil {
			found.scopes = scopesOf(found.all)
			return found, nil
		}
		if !errors.Is(err, jose.ErrCryptoFailure) { // the signature is right
			wrong = "the claims of the token are malformed"
		}
	}
	return claims{}, c.wrong(wrong)
}

// fault says what is wrong with the claims of a token; "" for nothing.
func (t *tokens) fault(c jwt.Claims) string {
	if c.Expiry == nil {
		return "the token has no exp"
	}
	err := c.ValidateWithLeeway(jwt.Expected{Issuer: t.issuer, AnyAudience: jwt.Audience{t.audience}, Time: t.now()}, skew)
	switch {
	case errors.Is(err, jwt.ErrInvalidIssuer):
		return "the token is of another issuer"
	case errors.Is(err, jwt.ErrInvalidAudience):
		return "the token is for another audience"
	case errors.Is(err, jwt.ErrExpired):
		return "the token has expired"
	case errors.Is(err, jwt.ErrNotValidYet), errors.Is(err, jwt.ErrIssuedInTheFuture):
		return "the token is not valid yet"
	case err != nil:
		return "the token is not valid"
	case c.Subject == "" || len(c.Subject) > maxSubject:
		return "the token has no sub, or one that is too long"
	}
	return ""
}

// scopesOf reads the scopes of a token: scope is a text with spaces (RFC 9068 section 2.2.3); some
// issuers write scp, or a list.
func scopesOf(claims map[string]any) []string {
	var scopes []string
	for _, name := range []string{"scope", "scp"} {
		switch value := claims[name].(type) {
		case string:
			scopes = append(scopes, strings.Fields(value)...)
		case []any:
			for _, item := range value {
				if text, ok := item.(string); ok {
					scopes = append(scopes, text)
				}
			}
		}
	}
	return scopes
}
