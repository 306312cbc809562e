package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	// fetchTimeout bounds a question to an issuer, discovery and keys together.
	fetchTimeout = 10 * time.Second
	// maxAnswer is the largest answer of an issuer, in bytes.
	maxAnswer = 1 << 20
	// maxKeys is how many keys of an issuer are kept.
	maxKeys = 100
)

// source is where the keys of an issuer are.
type source struct {
	issuer, jwksURL string // jwksURL "": by discovery
	client          *http.Client
	stop            chan struct{}
	cancel          func()
}

// newSource checks the addresses. Keys come over TLS: whoever can change them on their way can
// sign tokens. Only an issuer on this machine may do without.
func newSource(issuer, jwksURL string) (*source, error) {
	for _, address := range []string{issuer, jwksURL} {
		if address == "" {
			continue
		}
		if err := overTLS(address); err != nil {
			return nil, err
		}
	}
	transport, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		transport = &http.Transport{Proxy: http.ProxyFromEnvironment}
	}
	transport = transport.Clone()
	transport.MaxIdleConns, transport.MaxResponseHeaderBytes = 2, 64<<10
	stop := make(chan struct{})
	s := &source{issuer: issuer, jwksURL: jwksURL, stop: stop}
	s.cancel = sync.OnceFunc(func() { close(stop) })
	s.client = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return s, nil
}

func overTLS(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return fmt.Errorf("the address of the issuer or its keys: %w", cause(err))
	case u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname()):
		return nil
	}
	return fmt.Errorf("%q is not https: keys that come unprotected can be anybody's", u.Redacted())
}

// cause is an error about an address without the address, which may hold a password.
func cause(err error) error {
	var about *url.Error
	if errors.As(err, &about) {
		return about.Err
	}
	return err
}

// redacted is an address without its password, for errors.
func redacted(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "an address that is malformed"
	}
	return u.Redacted()
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// fetch asks for the keys.
func (s *source) fetch() ([]jose.JSONWebKey, error) {
	ctx, cancel := context.WithTimeout(context.Background(), fetchTimeout)
	defer cancel()
	finished := make(chan struct{})
	defer close(finished)
	go func() {
		select {
		case <-s.stop:
			cancel()
		case <-finished:
		}
	}()
	address := s.jwksURL
	if address == "" {
		var err error
		if address, err = s.discover(ctx); err != nil {
			return nil, err
		}
	}
	var answer struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := s.get(ctx, address, &answer); err != nil {
		return nil, err
	}
	var keys []jose.JSONWebKey
	for _, text := range answer.Keys[:min(len(answer.Keys), maxKeys)] {
		var key jose.JSONWebKey
		if err := key.UnmarshalJSON(text); err == nil && key.IsPublic() { // a key of a kind that is not known is no reason to refuse the others
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return nil, fmt.Errorf("%s has no key for signatures", redacted(address))
	}
	return keys, nil
}

// discover finds the address of the keys (OpenID Connect Discovery 1.0 section 4). The issuer in
// the answer must be the one that was asked.
func (s *source) discover(ctx context.Context) (string, error) {
	var answer struct {
		Issuer  string `json:"issuer"`
		JWKSURI string `json:"jwks_uri"`
	}
	address := strings.TrimSuffix(s.issuer, "/") + discoveryPath
	if err := s.get(ctx, address, &answer); err != nil {
		return "", err
	}
	if answer.Issuer != s.issuer {
		return "", fmt.Errorf("%s is of issuer %q, not %q", redacted(address), redacted(answer.Issuer), redacted(s.issuer))
	}
	if answer.JWKSURI == "" {
		return "", fmt.Errorf("%s has no jwks_uri", redacted(address))
	}
	return answer.JWKSURI, overTLS(answer.JWKSURI)
}

func (s *source) get(ctx context.Context, address string, into any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return cause(err)
	}
	r.Header.Set("Accept", "application/json")
	answer, err := s.client.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered %s", redacted(address), answer.Status)
	}
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer+1))
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", redacted(address), err)
	case len(text) > maxAnswer:
		return errors.New(redacted(address) + ": the answer is too large")
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("%s: %w", redacted(address), err)
	}
	return nil
}
