package attacks

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"golang.org/x/crypto/bcrypt"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/test/harness"
	"github.com/penstock-dev/penstock/test/issuer"
)

// withTokens starts a gateway whose operation needs a token of an issuer.
func withTokens(t *testing.T, scopes ...string) (*rig, *issuer.Issuer) {
	t.Helper()
	i := issuer.Start(t)
	scheme := tokenScheme
	scheme.Scopes = scopes
	return start(t, tokensConfig(i), orders("none", endpoint.Requirement{scheme})), i
}

func tokensConfig(i *issuer.Issuer) string {
	return "auth: { oauth: { issuer: '" + i.URL + "', audience: '" + issuer.Audience + "' } }\n"
}

func bearer(token string) string { return "Authorization: Bearer " + token }

// enter posts a message with a token.
func (r *rig) enter(token string) harness.Answer {
	r.t.Helper()
	return r.post(`{"id":"a"}`, bearer(token))
}

// forged is a token with a header of the attacker's and no signature, or the given one.
func forged(t *testing.T, header, claims map[string]any, signature string) string {
	t.Helper()
	part := func(v any) string {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(text)
	}
	return part(header) + "." + part(claims) + "." + signature
}

// TestAlgorithmNone: a token without a signature is no token, however "none" is written.
func TestAlgorithmNone(t *testing.T) {
	r, i := withTokens(t)
	r.enter(i.Token(nil)).Want(t, 202)
	signature := strings.Split(i.Token(nil), ".")[2]
	for _, algorithm := range []any{"none", "None", "NONE", "nOnE", "", nil} {
		header := map[string]any{"alg": algorithm, "typ": "JWT", "kid": i.Public().KeyID}
		r.enter(forged(t, header, i.Claims(nil), "")).WantProblem(t, 401, "FAILURE_UNAUTHENTICATED")
	}
	r.enter(forged(t, map[string]any{"alg": "none"}, i.Claims(nil), signature)).WantProblem(t, 401, "FAILURE_UNAUTHENTICATED")
	if n := r.written("orders"); n != 1 {
		t.Errorf("%d records, want the one of the right token", n)
	}
}

// TestAlgorithmConfusion: a public key is not a secret. A token that is signed with it, as if it
// were one, is refused, and so is a key of another type than its algorithm.
func TestAlgorithmConfusion(t *testing.T) {
	r, i := withTokens(t)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	i.Use(key, jose.RS256)
	r.enter(i.Token(nil)).Want(t, 202)
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	jwk, err := json.Marshal(i.Public())
	if err != nil {
		t.Fatal(err)
	}
	for name, secret := range map[string][]byte{
		"PEM": pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), "DER": der, "JWK": jwk, "modulus": key.N.Bytes(),
	} {
		for _, algorithm := range []jose.SignatureAlgorithm{jose.HS256, jose.HS384, jose.HS512} {
			token := i.Signed(jose.SigningKey{Algorithm: algorithm, Key: jose.JSONWebKey{Key: secret, KeyID: i.Public().KeyID}}, nil)
			if got := r.enter(token); got.Status != 401 && got.Status != 429 {
				t.Errorf("%s with the %s of the public key: got %d", algorithm, name, got.Status)
			}
		}
	}
	if n := r.written("orders"); n != 1 {
		t.Errorf("%d records, want the one of the right token", n)
	}
}

// TestKeyInTheToken: the key that a token brings along, or points to, is not believed.
func TestKeyInTheToken(t *testing.T) {
	r, i := withTokens(t)
	evil := issuer.Start(t)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	evil.Use(key, jose.RS256)
	options := (&jose.SignerOptions{EmbedJWK: true}).WithType("JWT").WithHeader("jku", evil.URL+"/keys").WithHeader("x5u", evil.URL+"/keys")
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: key}, options)
	if err != nil {
		t.Fatal(err)
	}
	token, err := jwt.Signed(signer).Claims(i.Claims(nil)).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	r.enter(token).WantProblem(t, 401, "FAILURE_UNAUTHENTICATED")
	r.enter(evil.Token(map[string]any{"iss": i.URL})).WantProblem(t, 401, "FAILURE_UNAUTHENTICATED")
	if evil.Asked() != 0 {
		t.Error("the gateway has asked the attacker's server")
	}
}

// TestInventedKeyIDs: tokens with key ids that do not exist do not hammer the issuer.
func TestInventedKeyIDs(t *testing.T) {
	r, i := withTokens(t)
	begun := time.Now()
	r.enter(i.Token(nil)).Want(t, 202)
	for n := range 30 {
		header := map[string]any{"alg": "ES256", "typ": "JWT", "kid": fmt.Sprint("invented-", n)}
		if got := r.enter(forged(t, header, i.Claims(nil), base64.RawURLEncoding.EncodeToString(make([]byte, 64)))); got.Status < 400 {
			t.Errorf("got %d", got.Status)
		}
	}
	if most := 2 + int(time.Since(begun)/(10*time.Second)); i.Asked() > most {
		t.Errorf("the issuer was asked %d times, want at most %d", i.Asked(), most)
	}
	r.enter(i.Token(nil)).Want(t, 202) // who has a right token is not held up
}

// TestTokenOfAnotherAudience: a token that another service has got is of no use here.
func TestTokenOfAnotherAudience(t *testing.T) {
	r, i := withTokens(t, "orders:write")
	good := map[string]any{"scope": "orders:write"}
	r.enter(i.Token(good)).Want(t, 202)
	for name, claims := range map[string]map[string]any{
		"audience": {"scope": "orders:write", "aud": "https://other.example"},
		"issuer":   {"scope": "orders:write", "iss": i.URL + "/"},
		"expired":  {"scope": "orders:write", "exp": time.Now().Add(-2 * time.Minute).Unix()},
	} {
		t.Run(name, func(t *testing.T) { r.enter(i.Token(claims)).WantProblem(t, 401, "FAILURE_UNAUTHENTICATED") })
	}
	r.enter(i.Token(map[string]any{"scope": "orders:read orders:write:all"})).WantProblem(t, 403, "FAILURE_FORBIDDEN")
}

// TestPasswordGuessing: guesses of one address are slowed down; who has been let in before stays.
func TestPasswordGuessing(t *testing.T) {
	hash, err := bcrypt.GenerateFromPassword([]byte("right"), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	users := filepath.Join(t.TempDir(), "users")
	if err := os.WriteFile(users, []byte("ann:"+string(hash)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := start(t, "auth: { users: { usersFile: '"+users+"' } }", orders("none", endpoint.Requirement{userScheme}))
	try := func(password string) int {
		credentials := base64.StdEncoding.EncodeToString([]byte("ann:" + password))
		return r.post(`{"id":"a"}`, "Authorization: Basic "+credentials).Status
	}
	if got := try("right"); got != 202 {
		t.Fatalf("got %d for the right password", got)
	}
	checked := 0
	for n := range 60 {
		if try(fmt.Sprint("guess", n)) == 401 {
			checked++
		}
	}
	if checked > 30 {
		t.Errorf("%d of 60 guesses were checked", checked)
	}
	if got := try("right"); got != 202 {
		t.Errorf("got %d for the right password, which was checked before", got)
	}
}

// TestCredentialsInLogs: whatever a client sends, its credentials are in no log and in no answer.
func TestCredentialsInLogs(t *testing.T) {
	i := issuer.Start(t)
	query := endpoint.Scheme{Name: "query", Type: "apiKey", In: "query", Param: "key"}
	r := start(t, `auth: { query: { keysFile: FOLDER/keys }, key: { keysFile: FOLDER/keys }, oauth: { issuer: '`+i.URL+`', audience: '`+issuer.Audience+`' } }`,
		orders("none", endpoint.Requirement{tokenScheme}, endpoint.Requirement{query}, endpoint.Requirement{cookieScheme}))
	token, expired := i.Token(nil), i.Token(map[string]any{"exp": 1})
	answers := r.enter(token).Body + r.enter(expired).Body
	answers += r.Do("GET", "/orders?key="+annKey, "", "Accept: application/json").Body
	answers += r.Do("GET", "/orders?key=wrong-planted-key", "", "Accept: application/json").Body
	answers += r.Do("GET", "/orders", "", "Accept: application/json", "Cookie: session=planted-cookie").Body
	ticket := r.ticket("/orders", bearer(token))
	answers += r.Do("GET", "/orders?ticket="+ticket, "", "Accept: application/json").Body
	answers += r.Do("GET", "/orders?ticket="+ticket, "", "Accept: application/json").Body
	i.Away(true)
	answers += r.enter(forged(t, map[string]any{"alg": "ES256", "kid": "x"}, i.Claims(nil), "planted-signature")).Body
	for _, planted := range []string{token, expired, annKey, "wrong-planted-key", "planted-cookie", ticket, "planted-signature"} {
		if strings.Contains(r.log.String(), planted) {
			t.Errorf("the log has %s", planted)
		}
		if strings.Contains(answers, planted) {
			t.Errorf("an answer has %s", planted)
		}
	}
	if log := r.log.String(); strings.Contains(log, "subject=ann") || !strings.Contains(log, "subject=49915e0d7d4b402e") {
		t.Error("the log must name subjects by their fingerprint only")
	}
}

// TestKeyInARecord: a key is not copied into Kafka with the other headers, whatever its header is
// called.
func TestKeyInARecord(t *testing.T) {
	i := issuer.Start(t)
	odd := endpoint.Scheme{Name: "key", Type: "apiKey", In: "header", Param: "x-oDD"}
	other := orders("none", endpoint.Requirement{odd})
	other.Descriptor.Operation = "other"
	for n := range other.Descriptor.Entrypoints {
		other.Descriptor.Entrypoints[n].Path = "/other"
	}
	r := start(t, "auth: { key: { keysFile: FOLDER/keys }, oauth: { issuer: '"+i.URL+"', audience: '"+issuer.Audience+"' } }",
		orders("none", endpoint.Requirement{tokenScheme}), other)
	for _, path := range []string{"/orders", "/other"} { // also where it is of no use
		for _, media := range []string{"application/json", "application/x-ndjson"} {
			got := r.Do("POST", path, `{"id":"a"}`, "Content-Type: "+media, "X-Odd: "+annKey, "X-Good: kept", bearer(i.Token(nil)), "Cookie: session=planted")
			if got.Status != 202 && got.Status != 200 {
				t.Errorf("got %d %s", got.Status, got.Body)
			}
		}
	}
	for _, rec := range r.records(4) {
		kept := false
		for _, h := range rec.Headers {
			kept = kept || h.Key == "X-Good"
			if h.Key == "X-Odd" || h.Key == "Authorization" || h.Key == "Cookie" {
				t.Errorf("the record has %s", h.Key)
			}
		}
		if !kept {
			t.Errorf("the record has only %v", rec.Headers)
		}
	}
}

// TestForeignTenant: a caller gets only what the claims of its token say, by whatever entrypoint,
// and cannot add to them.
func TestForeignTenant(t *testing.T) {
	i := issuer.Start(t)
	op := orders("none", endpoint.Requirement{tokenScheme})
	for n := range op.Descriptor.Entrypoints {
		e := &op.Descriptor.Entrypoints[n]
		e.Path, e.Params = "/{tenant}/orders", []endpoint.Param{{Name: "tenant"}}
		e.Config = endpoint.JSON(strings.TrimSuffix(string(e.Config), "}") + `,"condition":"{#subscription.metadata['tenant'] == #request.pathParams['tenant']}"}`)
	}
	r := start(t, tokensConfig(i), op)
	r.produce("orders", `{"id":"a"}`)
	mine := bearer(i.Token(map[string]any{"tenant": "eu"}))
	const stream, media = "Accept: text/event-stream", "Content-Type: application/json"
	r.Do("POST", "/eu/orders", `{"id":"b"}`, media, mine).Want(t, 202)
	if got := r.event("/eu/orders", mine); got != `{"id":"a"}` {
		t.Errorf("got %s", got)
	}
	for name, foreign := range map[string]string{
		"another tenant": bearer(i.Token(map[string]any{"tenant": "us"})), "no tenant": bearer(i.Token(nil)),
		"list": bearer(i.Token(map[string]any{"tenant": []string{"eu", "us"}})), "nothing": bearer(i.Token(map[string]any{"tenant": ""})),
	} {
		t.Run(name, func(t *testing.T) {
			const tenant = "X-Tenant: eu"
			r.Do("POST", "/eu/orders?tenant=eu", `{"id":"c"}`, media, foreign, tenant).WantProblem(t, 403, "FAILURE_FORBIDDEN")
			r.Do("POST", "/eu/orders", `{"id":"c"}`, "Content-Type: application/x-ndjson", foreign, tenant).WantProblem(t, 403, "FAILURE_FORBIDDEN")
			r.Do("GET", "/eu/orders", "", "Accept: application/json", foreign, tenant).WantProblem(t, 403, "FAILURE_FORBIDDEN")
			r.Do("GET", "/eu/orders", "", stream, foreign, tenant).WantProblem(t, 403, "FAILURE_FORBIDDEN")
			r.Do("GET", "/eu/orders?ticket="+r.ticket("/eu/orders", foreign), "", stream).WantProblem(t, 403, "FAILURE_FORBIDDEN")
			if _, response, err := r.Dial("/eu/orders", nil, foreign); err == nil || response == nil || response.StatusCode != 403 {
				t.Errorf("a WebSocket: %v", err)
			}
		})
	}
	if n := r.written("orders"); n != 2 {
		t.Errorf("%d records, want 2", n)
	}
}

// TestMissingClaim: a caller whose token lacks a claim, or has it as null or of another type, is not let
// in by a condition that compares it.
func TestMissingClaim(t *testing.T) {
	for condition, claims := range map[string]map[string]any{
		"{#subscription.metadata['level'] < 3}":                          {"level": 2},
		"{#subscription.metadata['level'] <= 3}":                         {"level": 3},
		"{(3 > #subscription.metadata['level'])}":                        {"level": 2},
		"{#subscription.metadata['level'] == #request.params['l']?.[0]}": {"level": "2"},
		"{(!#subscription.metadata['level'])}":                           {"level": false},
		"{#subscription.metadata['level'].contains('in')}":               {"level": []string{"in"}},
		"{#subscription.metadata['level'] matches '[a-z]*'}":             {"level": "in"},
		"{(#subscription.metadata['level'] == 'in' ? true : 2 > 3)}":     {"level": "in"},
		"{#subscription.metadata['level']}":                              {"level": true},
	} {
		t.Run(condition, func(t *testing.T) {
			i := issuer.Start(t)
			op := orders("none", endpoint.Requirement{tokenScheme})
			text, err := json.Marshal(map[string]string{"qos": "balanced", "condition": condition})
			if err != nil {
				t.Fatal(err)
			}
			op.Descriptor.Entrypoints = op.Descriptor.Entrypoints[:1]
			op.Descriptor.Entrypoints[0].Config = endpoint.JSON(text)
			r := start(t, tokensConfig(i), op)
			r.PostJSON("/orders?l=2", `{"id":"a"}`, bearer(i.Token(claims))).Want(t, 202)
			for _, lacking := range []map[string]any{nil, {"level": map[string]any{}}, {"Level": 2}, {"level": []any{nil}}} {
				r.enter(i.Token(lacking)).WantProblem(t, 403, "FAILURE_FORBIDDEN")
			}
		})
	}
}
