package security

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/jaas"
)

// maxTokenAnswer bounds the answer of a token endpoint, in bytes.
const maxTokenAnswer = 256 << 10

// tokenServer is the token endpoint of an authorization server and the client that asks it
// (RFC 6749, 4.4: the client credentials grant).
type tokenServer struct {
	url             *url.URL
	id              string
	secret          core.Secret
	scope, audience string
	trust           TrustStore
}

// readTokenServer reads the options. The error holds none of their values.
func readTokenServer(e jaas.Entry) (*tokenServer, error) {
	u, err := url.Parse(option(e, "sasl.oauthbearer.token.endpoint.url"))
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, errors.New("sasl.oauthbearer.token.endpoint.url is no http or https URL")
	}
	if u.User != nil || u.Fragment != "" {
		return nil, errors.New("sasl.oauthbearer.token.endpoint.url has a user or a fragment: write clientId and clientSecret")
	}
	s := &tokenServer{
		url: u, id: option(e, "clientId"), secret: core.NewSecret(option(e, "clientSecret")),
		scope: option(e, "scope"), audience: option(e, "oauth.audience"),
		trust: TrustStore{
			Type: option(e, "ssl.truststore.type"), Location: option(e, "ssl.truststore.location"),
			Password: core.NewSecret(option(e, "ssl.truststore.password")), Certificates: option(e, "ssl.truststore.certificates"),
		},
	}
	if u.Scheme == "http" && s.trust != (TrustStore{}) {
		return nil, errors.New("ssl.truststore goes with an https URL: this connection would not be encrypted")
	}
	return s, nil
}

// open reads the trust store and gives what fetches one token.
func (s *tokenServer) open(log *slog.Logger) (func(context.Context) (fetched, error), error) {
	roots, err := watch("ssl.truststore of the token endpoint", files(s.trust.Type, s.trust.Location), s.trust.pool)
	if err != nil {
		return nil, fmt.Errorf("ssl.truststore: %w", err)
	}
	return func(ctx context.Context) (fetched, error) {
		token, err := s.fetch(ctx, roots.get(log))
		if err != nil {
			return fetched{}, fmt.Errorf("token endpoint %s://%s%s: %w", s.url.Scheme, s.url.Host, s.url.Path, err)
		}
		return token, nil
	}, nil
}

// fetch asks for a token. Fetches are rare: each has a connection of its own.
func (s *tokenServer) fetch(ctx context.Context, roots *x509.CertPool) (fetched, error) {
	form := url.Values{"grant_type": {"client_credentials"}}
	for name, value := range map[string]string{"scope": s.scope, "audience": s.audience} {
		if value != "" {
			form.Set(name, value)
		}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url.String(), strings.NewReader(form.Encode()))
	if err != nil {
		return fetched{}, errors.New("the URL is not usable")
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	req.SetBasicAuth(url.QueryEscape(s.id), url.QueryEscape(s.secret.Reveal())) // RFC 6749, 2.3.1
	began := time.Now()
	client := http.Client{
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true, MaxResponseHeaderBytes: 32 << 10,
			TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots},
		},
		// A redirect would carry the secret to a place that nobody wrote down.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(req)
	if err != nil {
		var at *url.Error // repeats the whole URL
		if errors.As(err, &at) {
			err = at.Err
		}
		return fetched{}, err
	}
	defer func() { _ = resp.Body.Close() }() // read to its end, or given up
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxTokenAnswer+1))
	if err != nil {
		return fetched{}, fmt.Errorf("reading the answer: %w", err)
	}
	if len(body) > maxTokenAnswer {
		return fetched{}, fmt.Errorf("the answer is longer than %d bytes", maxTokenAnswer)
	}
	return readToken(resp, body, began)
}

// tokenAnswer is an answer of a token endpoint (RFC 6749, 5.1 and 5.2).
type tokenAnswer struct {
	AccessToken string      `json:"access_token"`
	TokenType   string      `json:"token_type"`
	ExpiresIn   json.Number `json:"expires_in"` // seconds; some servers write a text
	Error       string      `json:"error"`
}

// readToken reads an answer. Errors repeat its status and its error code, nothing else of it.
func readToken(resp *http.Response, body []byte, began time.Time) (fetched, error) {
	var answer tokenAnswer
	unread := json.Unmarshal(body, &answer)
	if resp.StatusCode != http.StatusOK {
		if unread == nil && isErrorCode(answer.Error) {
			return fetched{}, fmt.Errorf("the answer is %d, error %q", resp.StatusCode, answer.Error)
		}
		return fetched{}, fmt.Errorf("the answer is %d", resp.StatusCode)
	}
	switch {
	case unread != nil:
		kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
		if err != nil {
			kind = "nothing known"
		}
		return fetched{}, fmt.Errorf("the answer is no JSON object of a token, but %s", kind)
	case !isToken(answer.AccessToken):
		return fetched{}, errors.New("the answer has no access_token that could be used")
	case !strings.EqualFold(answer.TokenType, "bearer"):
		return fetched{}, errors.New("the token_type of the answer is not Bearer")
	}
	return answer.token(began)
}

// token says how long it lasts: as the server says, and no longer than the JWT that it is.
func (a tokenAnswer) token(began time.Time) (fetched, error) {
	end, ends := expiry(a.AccessToken)
	if a.ExpiresIn != "" {
		seconds, err := a.ExpiresIn.Float64()
		if err != nil || seconds <= 0 || seconds > maxUnix {
			return fetched{}, errors.New("the expires_in of the answer is no number of seconds")
		}
		if by := began.Add(time.Duration(min(seconds, maxSeconds) * float64(time.Second))); !ends || by.Before(end) {
			end, ends = by, true
		}
	}
	switch {
	case !ends:
		return fetched{text: a.AccessToken}, nil
	case !time.Now().Before(end):
		return fetched{}, fmt.Errorf("the token expired already at %s: are both clocks right", end.UTC().Format(time.RFC3339))
	}
	return lasting(a.AccessToken, began, end), nil
}

// maxSeconds is a year: a token is not kept for longer.
const maxSeconds = 365 * 24 * 3600

// isErrorCode says whether a text looks like the error codes of RFC 6749, 5.2.
func isErrorCode(text string) bool {
	return text != "" && len(text) <= 64 && !strings.ContainsFunc(text, func(c rune) bool { return isNotLetter(c) && c != '_' })
}
