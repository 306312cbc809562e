package auth

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/config"
)

// verifier is what the settings of one scheme have become. The fields that they do not name are
// nil.
type verifier struct {
	users        *users
	text         func(v credential) (proof, error) // a key or a token
	certificates *certificates
}

// settingsOf names the settings that a type of scheme takes, each set complete in itself; optional
// ones follow in settingsBeside.
var settingsOf = map[string][][]string{
	"basic":         {{"usersFile"}},
	"bearer":        {{"issuer", "audience"}, {"keysFile"}},
	"oauth2":        {{"issuer", "audience"}},
	"openIdConnect": {{"issuer", "audience"}},
	"apiKey":        {{"keysFile"}, {"issuer", "audience"}},
	"mutualTLS":     {{"subjects"}},
}

// discoveryPath stands behind an issuer (OpenID Connect Discovery 1.0, section 4).
const discoveryPath = "/.well-known/openid-configuration"

// builder makes the verifiers of a gate.
type builder struct {
	gate     *Gate
	settings map[string]config.Verifier
	made     map[string]*verifier
	reported map[string]bool // schemes with a problem: one sentence is enough
	problems []error
}

func (b *builder) fail(s *scheme, v config.Verifier, format string, args ...any) {
	if b.reported[s.Name] {
		return
	}
	b.reported[s.Name] = true
	text := fmt.Sprintf(format, args...)
	if v.Place != "" {
		b.problems = append(b.problems, &config.Problem{Place: v.Place, Text: text, Pointer: config.Pointer("auth", s.Name)})
		return
	}
	b.problems = append(b.problems, fmt.Errorf("%s", text))
}

// fit gives a scheme of an operation its verifier.
func (b *builder) fit(s *scheme, p *Policy) {
	choices, known := settingsOf[s.Type]
	if !known {
		b.fail(s, config.Verifier{}, "%s requires security scheme %q of type %q, which is not known", p.owner, s.Name, s.Type)
		return
	}
	if s.Type == "apiKey" && s.In == "query" && s.Param == TicketParam {
		b.fail(s, config.Verifier{}, "%s requires security scheme %q in query parameter %q, which is the one of tickets: give it another name", p.owner, s.Name, s.Param)
		return
	}
	v, written := b.settings[s.Name]
	if s.Type == "openIdConnect" && v.Issuer == "" && s.URL != "" {
		v.Issuer = strings.TrimSuffix(s.URL, discoveryPath)
	}
	if !written {
		b.fail(s, v, "%s requires security scheme %q (%s), which has no verifier: write %s", p.owner, s.Name, s.Type, advice(s.Name, choices))
		return
	}
	if !complete(v, choices) {
		b.fail(s, v, "security scheme %q of %s is of type %s: write %s, and nothing else", s.Name, p.owner, s.Type, advice(s.Name, choices))
		return
	}
	if s.Type == "mutualTLS" && !b.gate.options.ClientCertificates {
		b.fail(s, v, "%s requires client certificates by security scheme %q: write listen.tls.clientCAFile, and listen.tls.clientAuth not none", p.owner, s.Name)
		return
	}
	if len(s.Scopes) > 0 && (s.Type == "basic" || s.Type == "mutualTLS") {
		b.fail(s, v, "%s requires the scopes %s of security scheme %q, but %s has none: nobody could fulfil it", p.owner, strings.Join(s.Scopes, ", "), s.Name, s.Type)
		return
	}
	if b.made[s.Name] == nil {
		made, err := b.gate.verifier(s.Name, v)
		if err != nil {
			b.fail(s, v, "security scheme %q: %s", s.Name, err)
			return
		}
		b.made[s.Name] = made
	}
	s.verify = b.made[s.Name].of(s.Scheme)
}

// verifier makes what checks the credentials of a scheme.
func (g *Gate) verifier(name string, v config.Verifier) (*verifier, error) {
	switch {
	case v.UsersFile != "":
		u, err := newUsers(v.UsersFile, g.options.Log)
		return &verifier{users: u}, err
	case v.KeysFile != "":
		k, err := newKeys(v.KeysFile, g.options.Log)
		if err != nil {
			return nil, err
		}
		return &verifier{text: k.check}, nil
	case v.Issuer != "":
		set, err := newKeySet(name, v.Issuer, v.JWKSURL, g.options.Log)
		if err != nil {
			return nil, err
		}
		g.closers = append(g.closers, set.close)
		return &verifier{text: newTokens(v.Issuer, v.Audience, set).check}, nil
	}
	return &verifier{certificates: &certificates{allowed: v.Subjects}}, nil
}

// of gives the function that checks the credentials of a request for a scheme.
func (v *verifier) of(s endpoint.Scheme) func(request) (proof, error) {
	switch {
	case v.users != nil:
		return v.users.verify
	case v.certificates != nil:
		return v.certificates.verify
	}
	return func(r request) (proof, error) {
		c, err := find(r, s)
		if err != nil {
			return proof{}, err
		}
		return v.text(c)
	}
}

// complete says whether a verifier has one of the sets of settings whole, and no setting of
// another one. jwksURL may stand beside issuer.
func complete(v config.Verifier, choices [][]string) bool {
	written := map[string]bool{
		"issuer": v.Issuer != "", "audience": v.Audience != "", "jwksURL": v.JWKSURL != "",
		"keysFile": v.KeysFile != "", "usersFile": v.UsersFile != "", "subjects": len(v.Subjects) > 0,
	}
	maps.DeleteFunc(written, func(_ string, is bool) bool { return !is })
	if written["issuer"] {
		delete(written, "jwksURL")
	}
	for _, choice := range choices {
		missing := func(name string) bool { return !written[name] }
		if len(written) == len(choice) && !slices.ContainsFunc(choice, missing) {
			return true
		}
	}
	return false
}

// advice says which settings would do: "auth.oauth.issuer and auth.oauth.audience".
func advice(scheme string, choices [][]string) string {
	var all []string
	for _, choice := range choices {
		names := make([]string, len(choice))
		for i, name := range choice {
			names[i] = "auth." + scheme + "." + name
		}
		all = append(all, strings.Join(names, " and "))
	}
	return strings.Join(all, ", or ")
}
