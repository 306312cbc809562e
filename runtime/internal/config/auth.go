package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Auth is what the configuration says below auth.*. Resolve matches it with the security schemes
// of the documents, once they are known. It prints REDACTED. It is not safe for
// concurrent use.
type Auth struct {
	secretive
	state hidden[authState]
}

type authState struct {
	values    map[string]any    // of the file
	places    map[string]string // by pointer into the whole configuration
	variables []setting
}

// Verifier is what the credentials of one security scheme are checked against. Which of the
// fields a scheme takes is up to its type.
type Verifier struct {
	Issuer    string   // iss of tokens
	Audience  string   // that aud of tokens must name
	JWKSURL   string   // of the issuer's keys; empty: by discovery
	KeysFile  string   // lines subject:sha256-hex[:scope,scope]
	UsersFile string   // htpasswd, bcrypt
	Subjects  []string // of client certificates
	Place     string   // where it was written, for messages
}

// Resolve gives the verifier of each scheme that has one. The error joins every *Problem: a
// scheme that no document has, a variable that nothing knows, a wrong value.
func (a Auth) Resolve(schemes []string) (map[string]Verifier, error) {
	state := a.state.get()
	if state == nil {
		return nil, nil
	}
	free := func(path []string) []string {
		if len(path) == 1 && path[0] == "auth" {
			return schemes
		}
		return nil
	}
	env, taken, problems := readVariables(state.variables, setting.forAuth, free)
	for _, v := range state.variables {
		if v.forAuth() && !taken[v.name] {
			meant := didYouMean(Prefix+v.rest, vocabulary().variables(nil, free))
			problems = append(problems, &Problem{Place: v.name, Text: "unknown variable" + meant})
		}
	}
	merged := newTree()
	maps.Copy(merged.places, state.places)
	maps.Copy(merged.places, env.places)
	values := state.values
	if above, ok := env.values["auth"].(map[string]any); ok { // the file was checked when it was read
		values, _ = overlay(values, above).(map[string]any)
		problems = append(problems, check(map[string]any{"auth": values}, merged)...)
	}
	out := make(map[string]Verifier, len(values))
	for _, name := range slices.Sorted(maps.Keys(values)) {
		pointer := Pointer("auth", name)
		if !slices.Contains(schemes, name) {
			problems = append(problems, &Problem{
				Place: merged.place(pointer), Pointer: pointer,
				Text: fmt.Sprintf("no served operation has a security scheme %q%s", name, didYouMean(name, schemes)),
			})
			continue
		}
		object, _ := values[name].(map[string]any)
		out[name] = verifier(object, merged.place(pointer))
	}
	return out, errors.Join(problems...)
}

func verifier(object map[string]any, place string) Verifier {
	text := func(name string) string {
		s, _ := object[name].(string)
		return s
	}
	v := Verifier{
		Issuer: text("issuer"), Audience: text("audience"), JWKSURL: text("jwksURL"),
		KeysFile: text("keysFile"), UsersFile: text("usersFile"), Place: place,
	}
	items, _ := object["subjects"].([]any)
	for _, item := range items {
		if s, ok := item.(string); ok {
			v.Subjects = append(v.Subjects, s)
		}
	}
	return v
}
