package security

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/sasl"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// jwt makes a token with claims and a signature that nobody can check.
func jwt(t *testing.T, claims map[string]any) string {
	t.Helper()
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	part := base64.RawURLEncoding.EncodeToString
	return part([]byte(`{"alg":"RS256"}`)) + "." + part(payload) + "." + part([]byte("signature"))
}

func TestExpiry(t *testing.T) {
	at := time.Date(2020, 2, 3, 4, 5, 6, 500_000_000, time.UTC)
	for token, want := range map[string]time.Time{
		jwt(t, map[string]any{"exp": at.Unix()}):    at.Truncate(time.Second),
		jwt(t, map[string]any{"exp": 1580702706.5}): at,
		jwt(t, map[string]any{"exp": 1e30}):         {},
		jwt(t, map[string]any{"exp": "1580702706"}): {},
		jwt(t, map[string]any{"sub": "alice"}):      {},
		"opaque":                                    {},
		"a.b.c":                                     {},
		"a." + base64.RawURLEncoding.EncodeToString([]byte("x")) + ".c": {},
	} {
		if got, ok := expiry(token); !got.Equal(want) || ok == want.IsZero() {
			t.Errorf("%s: got %v, %v, want %v", token, got, ok, want)
		}
	}
}

func TestStaticTokenExpires(t *testing.T) {
	end := time.Now().Add(-time.Second).Truncate(time.Second)
	c, err := login(t, "SASL_SSL", "OAUTHBEARER", bearerModule+"access_token="+jwt(t, map[string]any{"exp": end.Unix()})+";")
	if err != nil {
		t.Fatal(err)
	}
	if got, ok := c.Expires(); !ok || !got.Equal(end) {
		t.Errorf("got %v, %v, want %v", got, ok, end)
	}
	_, first, err := open(t, c).Authenticate(t.Context(), "kafka:9092")
	same(t, "expired", err, "access_token expired at "+end.UTC().Format(time.RFC3339))
	if first != nil {
		t.Error("the expired token is sent")
	}
	if c, err = login(t, "SASL_SSL", "PLAIN", plainModule+"username=a password=b;"); err != nil {
		t.Fatal(err)
	}
	if _, ok := c.Expires(); ok {
		t.Error("a password expires")
	}
}

func open(t *testing.T, c Config) sasl.Mechanism {
	t.Helper()
	m, err := c.SASL(slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// issuer is a token endpoint that answers what a test says and counts.
type issuer struct {
	*httptest.Server
	asked atomic.Int64
}

func newIssuer(t *testing.T, secured bool, answer http.HandlerFunc) *issuer {
	t.Helper()
	i := &issuer{}
	i.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i.asked.Add(1)
		answer(w, r)
	}))
	i.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	if secured {
		i.StartTLS()
	} else {
		i.Start()
	}
	t.Cleanup(i.Close)
	return i
}

// authority is the certificate that a TLS issuer shows, as PEM.
func (i *issuer) authority() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: i.Certificate().Raw}))
}

// clientCredentials is a login that fetches tokens from url.
func clientCredentials(t *testing.T, url, more string) sasl.Mechanism {
	t.Helper()
	c, err := login(t, "SASL_SSL", "OAUTHBEARER",
		bearerModule+`sasl.oauthbearer.token.endpoint.url="`+url+`" clientId="a b" clientSecret="geheim+1" `+more+`;`)
	if err != nil {
		t.Fatal(err)
	}
	m := open(t, c)
	if closing, ok := m.(sasl.ClosingMechanism); ok {
		t.Cleanup(closing.Close)
	} else {
		t.Error("nothing ends what fetches tokens")
	}
	return m
}

func TestClientCredentials(t *testing.T) {
	token := jwt(t, map[string]any{"sub": "gateway"})
	i := newIssuer(t, true, func(w http.ResponseWriter, r *http.Request) {
		id, secret, _ := r.BasicAuth()
		if err := r.ParseForm(); err != nil || r.Method != http.MethodPost {
			t.Errorf("%s: %v", r.Method, err)
		}
		got := fmt.Sprint(id, " ", secret, " ", r.PostForm.Get("grant_type"), " ", r.PostForm.Get("scope"), " ", r.PostForm.Get("audience"))
		if want := "a+b geheim%2B1 client_credentials one two kafka"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		fmt.Fprintf(w, `{"access_token":%q,"token_type":"bearer","expires_in":3600}`, token)
	})
	m := clientCredentials(t, i.URL+"/token", `scope="one two" oauth.audience=kafka extension_cluster=l ssl.truststore.type=PEM ssl.truststore.certificates="`+
		strings.ReplaceAll(i.authority(), "\n", `\n`)+`"`)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			_, first, err := m.Authenticate(t.Context(), "kafka:9092")
			if want := "n,,\x01auth=Bearer " + token + "\x01cluster=l\x01\x01"; err != nil || string(first) != want {
				t.Errorf("got %q, %v, want %q", first, err, want)
			}
		})
	}
	wg.Wait()
	if n := i.asked.Load(); n != 1 {
		t.Errorf("%d tokens for 20 logins, want 1", n)
	}
	if m.Name() != "OAUTHBEARER" {
		t.Errorf("got %s", m.Name())
	}
}

func TestTokenEndpointRefuses(t *testing.T) {
	past := jwt(t, map[string]any{"exp": 1580702706})
	for name, tt := range map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"wrong secret":   {answering(401, `{"error":"invalid_client","error_description":"geheim"}`), `the answer is 401, error "invalid_client"`},
		"odd error":      {answering(400, `{"error":"geheim+1 is wrong"}`), `the answer is 400`},
		"redirect":       {answering(307, ``), `the answer is 307`},
		"unavailable":    {answering(503, `<html>geheim`), `the answer is 503`},
		"page":           {answering(200, `<html>geheim`), `the answer is no JSON object of a token, but text/html`},
		"no token":       {answering(200, `{"token_type":"Bearer"}`), `the answer has no access_token that could be used`},
		"spaces":         {answering(200, `{"access_token":"a b","token_type":"Bearer"}`), `the answer has no access_token that could be used`},
		"mac":            {answering(200, `{"access_token":"a","token_type":"mac"}`), `the token_type of the answer is not Bearer`},
		"never valid":    {answering(200, `{"access_token":"a","token_type":"Bearer","expires_in":-1}`), `the expires_in of the answer is no number of seconds`},
		"expired":        {answering(200, `{"access_token":"`+past+`","token_type":"Bearer"}`), `the token expired already at 2020-02-03T04:05:06Z: are both clocks right`},
		"endless answer": {answering(200, strings.Repeat("x", maxTokenAnswer+1)), `the answer is longer than 262144 bytes`},
	} {
		t.Run(name, func(t *testing.T) {
			i := newIssuer(t, false, tt.answer)
			_, _, err := clientCredentials(t, i.URL+"/t?k=geheim", "").Authenticate(t.Context(), "kafka:9092")
			same(t, name, err, "token endpoint "+i.URL+"/t: "+tt.want)
		})
	}
}

func answering(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "http://127.0.0.1:1/")
		if strings.HasPrefix(body, "{") {
			w.Header().Set("Content-Type", "application/json")
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

// TestTokenEndpointIsChecked: neither an unknown authority nor a wrong host name is let through.
func TestTokenEndpointIsChecked(t *testing.T) {
	i := newIssuer(t, true, answering(200, `{"access_token":"a","token_type":"Bearer"}`))
	_, _, err := clientCredentials(t, i.URL, "").Authenticate(t.Context(), "kafka:9092")
	if err == nil || !strings.Contains(err.Error(), "certificate signed by unknown authority") {
		t.Errorf("got %v, want that the authority is unknown", err)
	}
	trusting := `ssl.truststore.location="` + file(t, i.authority()) + `"`
	wrong := strings.Replace(i.URL, "127.0.0.1", "localhost", 1)
	_, _, err = clientCredentials(t, wrong, trusting).Authenticate(t.Context(), "kafka:9092")
	if err == nil || !strings.Contains(err.Error(), "not localhost") {
		t.Errorf("got %v, want that the name is not in the certificate", err)
	}
	if n := i.asked.Load(); n != 0 {
		t.Errorf("%d requests went to a server that is not known", n)
	}
	if _, _, err = clientCredentials(t, i.URL, trusting).Authenticate(t.Context(), "kafka:9092"); err != nil {
		t.Errorf("with the right authority and name: %v", err)
	}
}

func TestTokenServerRefuses(t *testing.T) {
	for _, tt := range []struct{ options, want string }{
		{`sasl.oauthbearer.token.endpoint.url="file:///token"`, "sasl.oauthbearer.token.endpoint.url is no http or https URL"},
		{`sasl.oauthbearer.token.endpoint.url="https://a:geheim@b/"`, "sasl.oauthbearer.token.endpoint.url has a user or a fragment: write clientId and clientSecret"},
		{`sasl.oauthbearer.token.endpoint.url="http://b/" ssl.truststore.location="/x"`, "ssl.truststore goes with an https URL: this connection would not be encrypted"},
	} {
		_, err := login(t, "SASL_SSL", "OAUTHBEARER", bearerModule+tt.options+" clientId=a clientSecret=geheim;")
		same(t, tt.options, err, "security.sasl.saslJaasConfig: "+tt.want)
	}
	c, err := login(t, "SASL_SSL", "OAUTHBEARER", bearerModule+`oauth.token.endpoint.uri="https://b/" oauth.ssl.truststore.location="/absent/ca.pem" clientId=a clientSecret=geheim;`)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.SASL(slog.New(slog.DiscardHandler))
	same(t, "absent", err, "security.sasl.saslJaasConfig: ssl.truststore: open /absent/ca.pem: no such file or directory")
}

func TestTokenLife(t *testing.T) {
	now := time.Now().Truncate(time.Second) // as JWTs count
	for life, left := range map[time.Duration]time.Duration{time.Hour: 12 * time.Minute, time.Minute: 12 * time.Second, 20 * time.Second: 10 * time.Second, 5 * time.Second: 10 * time.Second} {
		token := lasting("a", now, now.Add(life))
		if got := token.end.Sub(token.renew); got != left {
			t.Errorf("%s: renewed %s before its end, want %s", life, got, left)
		}
	}
	for _, tt := range []struct {
		answer tokenAnswer
		ends   time.Duration // after now; 0: unknown
	}{
		{tokenAnswer{AccessToken: "a", ExpiresIn: "60"}, time.Minute},
		{tokenAnswer{AccessToken: "a", ExpiresIn: "1e300"}, -1},
		{tokenAnswer{AccessToken: "a", ExpiresIn: "200000000000"}, maxSeconds * time.Second},
		{tokenAnswer{AccessToken: "a"}, 0},
		{tokenAnswer{AccessToken: jwt(t, map[string]any{"exp": now.Unix() + 30}), ExpiresIn: "60"}, 30 * time.Second},
		{tokenAnswer{AccessToken: jwt(t, map[string]any{"exp": now.Unix() + 90}), ExpiresIn: "60"}, time.Minute},
	} {
		token, err := tt.answer.token(now)
		switch {
		case tt.ends < 0:
			same(t, tt.answer.ExpiresIn.String(), err, "the expires_in of the answer is no number of seconds")
		case tt.ends == 0:
			if err != nil || !token.end.IsZero() {
				t.Errorf("got %v, %v, want no known end", token.end, err)
			}
		case err != nil || token.end.Sub(now) != tt.ends:
			t.Errorf("got %s, %v, want %s", token.end.Sub(now), err, tt.ends)
		}
	}
}

// TestTokenIsRenewed: before its end another one is fetched; the one that lasts is used while that fails.
func TestTokenIsRenewed(t *testing.T) {
	var n int
	var failure error
	s := newTokenSource(func(context.Context) (fetched, error) {
		n++
		return lasting(fmt.Sprint("token", n), time.Now(), time.Now().Add(time.Hour)), failure
	})
	defer s.close()
	expect := func(want, problem string) {
		t.Helper()
		got, err := s.token(t.Context())
		same(t, want, err, problem)
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	expect("token1", "")
	expect("token1", "")
	s.last.renew = time.Now()
	expect("token2", "")
	failure, s.last.renew = errors.New("away"), time.Now()
	expect("token2", "")
	if n != 3 {
		t.Errorf("%d fetches, want 3", n)
	}
	expect("token2", "")
	if n != 3 {
		t.Error("a renewal that failed is tried again at once")
	}
	s.last.renew, s.last.end = time.Now(), time.Now()
	expect("", "away")
}

// TestTokenWithoutEnd is for one login.
func TestTokenWithoutEnd(t *testing.T) {
	i := newIssuer(t, false, answering(200, `{"access_token":"a","token_type":"Bearer"}`))
	m := clientCredentials(t, i.URL, "")
	for range 3 {
		if _, _, err := m.Authenticate(t.Context(), "kafka:9092"); err != nil {
			t.Fatal(err)
		}
	}
	if n := i.asked.Load(); n != 3 {
		t.Errorf("%d fetches for 3 logins", n)
	}
}

// TestFetchEndsWithTheLogin: a server that does not answer holds neither a login nor a close.
func TestFetchEndsWithTheLogin(t *testing.T) {
	asked := make(chan struct{}, 1)
	s := newTokenSource(func(ctx context.Context) (fetched, error) {
		asked <- struct{}{}
		<-ctx.Done()
		return fetched{}, context.Cause(ctx)
	})
	ctx, cancel := context.WithCancelCause(t.Context())
	go func() {
		<-asked
		cancel(errors.New("the login gave up"))
	}()
	_, err := s.token(ctx)
	same(t, "given up", err, "the login gave up")
	s.close()
}
