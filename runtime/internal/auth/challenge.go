package auth

import (
	"errors"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// denied turns a failure into what the client reads, and sets the challenges of a 401 and of a
// missing scope; nil for nil.
func (p *Policy) denied(c echo.Context, failure error) error {
	var wrong refusal
	var scope *missingScope
	var denial error
	switch {
	case errors.Is(failure, errAbsent):
		denial = core.NewError(core.CodeUnauthenticated, "the operation needs credentials")
	case errors.As(failure, &wrong):
		denial = core.NewError(core.CodeUnauthenticated, wrong.Error())
	case errors.As(failure, &scope):
		denial = core.NewError(core.CodeForbidden, "the credentials lack the scope "+quote(scope.scope))
	default:
		return failure
	}
	for _, text := range p.challenges(failure) {
		c.Response().Header().Add(echo.HeaderWWWAuthenticate, text)
	}
	return denial
}

// challenges gives one challenge for each scheme that could let the caller in.
func (p *Policy) challenges(failure error) []string {
	var all []string
	seen := map[string]bool{}
	for _, alternative := range p.alternatives {
		for _, s := range alternative {
			if text := challenge(s.Scheme, failure); !seen[text] {
				seen[text] = true
				all = append(all, text)
			}
		}
	}
	return all
}

// challenge is one challenge of WWW-Authenticate (RFC 9110 section 11.6.1): of basic as RFC 7617
// has it, of tokens as RFC 6750. ApiKey and MutualTLS are our own words: no standard has any.
func challenge(s endpoint.Scheme, failure error) string {
	realm := "realm=" + quote(s.Name)
	switch s.Type {
	case "basic":
		return "Basic " + realm + `, charset="UTF-8"`
	case "apiKey":
		return "ApiKey " + realm + ", in=" + quote(s.In) + ", name=" + quote(s.Param)
	case "mutualTLS":
		return "MutualTLS " + realm
	}
	text := "Bearer " + realm
	var wrong refusal
	var scope *missingScope
	switch {
	case errors.As(failure, &wrong):
		text += `, error="invalid_token", error_description=` + quote(wrong.Error())
	case errors.As(failure, &scope):
		text += `, error="insufficient_scope"`
	}
	if len(s.Scopes) > 0 {
		text += ", scope=" + quote(strings.Join(s.Scopes, " "))
	}
	return text
}

// quote writes a quoted-string (RFC 9110 section 5.6.4); what cannot stand in one becomes "?".
func quote(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c > '~':
			b.WriteByte('?')
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
