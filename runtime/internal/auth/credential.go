package auth

import (
	"net/http"
	"strings"

	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// maxCredential is the longest key or token, in bytes.
const maxCredential = 16 << 10

// credential is a key or a token as a request has it.
type credential struct {
	request

	text   string
	cookie bool
}

// find takes the key or token of a scheme out of a request. The error is errAbsent or a refusal.
func find(r request, s endpoint.Scheme) (credential, error) {
	var values []string
	switch {
	case s.Type != "apiKey":
		values = bearers(r.Header)
	case s.In == "header":
		values = r.Header.Values(s.Param)
	case s.In == "query":
		values = r.URL.Query()[s.Param]
	case s.In == "cookie":
		for _, c := range r.CookiesNamed(s.Param) {
			values = append(values, c.Value)
		}
	}
	switch {
	case len(values) == 0 || len(values) == 1 && values[0] == "":
		return credential{}, errAbsent
	case len(values) > 1: // nobody can say which one a proxy has looked at
		return credential{}, refusal("the credentials stand twice")
	case len(values[0]) > maxCredential:
		return credential{}, refusal("the credentials are too long")
	}
	return credential{request: r, text: values[0], cookie: s.In == "cookie"}, nil
}

// bearers lists the tokens of the Authorization headers (RFC 6750 section 2.1). Where other
// credentials stand beside a token it lists them too: there must be one.
func bearers(h http.Header) []string {
	var tokens []string
	values := h.Values("Authorization")
	for _, value := range values {
		scheme, token, _ := strings.Cut(value, " ")
		if strings.EqualFold(scheme, "Bearer") {
			tokens = append(tokens, strings.TrimSpace(token))
		}
	}
	if len(tokens) > 0 && len(values) > 1 {
		return values
	}
	return tokens
}

// prove is a proof by a key or token.
func (c credential) prove(p proof) proof {
	p.cookie, p.ambient = c.cookie, c.cookie
	return p
}

// wrong refuses a key or token. After many failures of its address it is 429, but only then: keys
// and tokens cannot be guessed, and a right one of the same address is not held up.
func (c credential) wrong(text string) error {
	if err := c.gate.failed(c.Request); err != nil {
		return err
	}
	*c.taken++
	return refusal(text)
}
