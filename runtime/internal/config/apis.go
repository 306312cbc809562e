package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/schema"
)

// APIs is what the configuration says below apis.*. Resolve matches it with an api, once the
// names of its endpoints and operations are known; Unused tells what no api took. It prints
// REDACTED. It is not safe for concurrent use.
type APIs struct {
	secretive
	state hidden[apisState]
}

type apisState struct {
	values    map[string]any    // of the file
	places    map[string]string // by pointer into the whole configuration
	variables []setting

	resolved []Names
	taken    map[string]bool // names of variables that an api took
}

// Names are the names of an api that its configuration may use.
type Names struct {
	API        string
	Endpoints  []string
	Operations []string
}

// API is the configuration of one api. Values are JSON as decoded by encoding/json. It prints
// REDACTED.
type API struct {
	secretive

	BasePath   string                    // "": the document's
	Endpoints  map[string]map[string]any // merge patches of endpoint objects
	Operations map[string]map[string]any // merge patches of entrypoints
	Allow      map[string]any

	name   string
	places *tree
}

// Place is where the value at a pointer, or the nearest one above it, was written, and the
// pointer of that one. Pointers start at the api, as "/endpoints/default"; both are "" where
// nobody wrote anything.
func (a API) Place(pointer string) (place, at string) {
	if a.places == nil {
		return "", ""
	}
	api := "/apis/" + escape(a.name)
	for ; pointer != ""; pointer = pointer[:strings.LastIndexByte(pointer, '/')] {
		if place, ok := a.places.places[api+pointer]; ok {
			return place, pointer
		}
	}
	return "", ""
}

// Pointer writes names as a JSON pointer (RFC 6901).
func Pointer(names ...string) string {
	pointer := ""
	for _, name := range names {
		pointer += "/" + escape(name)
	}
	return pointer
}

// Resolve gives the configuration of an api: the file's, with its variables over it. The error
// joins every *Problem: an unknown name, a variable that may mean several names, a wrong value.
func (a APIs) Resolve(n Names) (API, error) {
	state := a.state.get()
	if state == nil {
		return API{name: n.API}, nil
	}
	state.resolved = append(state.resolved, n)
	merged := newTree()
	maps.Copy(merged.places, state.places)
	object, _ := state.values[n.API].(map[string]any)
	env, problems := state.environment(n)
	fromEnv, _ := env.values["apis"].(map[string]any)
	variables, _ := fromEnv[n.API].(map[string]any)
	maps.Copy(merged.places, env.places)
	merged.values, _ = overlay(object, variables).(map[string]any)
	if len(variables) > 0 { // the file was checked when it was read
		whole := map[string]any{"apis": map[string]any{n.API: merged.values}}
		problems = append(problems, check(whole, merged)...)
	}
	api := API{name: n.API, places: merged}
	api.BasePath, _ = merged.values["basePath"].(string)
	api.Allow, _ = merged.values["allow"].(map[string]any)
	api.Endpoints = patches(merged.values["endpoints"])
	api.Operations = patches(merged.values["operations"])
	problems = append(problems, api.unknown("endpoints", "endpoint", slices.Collect(maps.Keys(api.Endpoints)), n.Endpoints)...)
	problems = append(problems, api.unknown("operations", "operation", slices.Collect(maps.Keys(api.Operations)), n.Operations)...)
	return api, errors.Join(problems...)
}

// environment reads the variables of one api.
func (s *apisState) environment(n Names) (*tree, []error) {
	t, taken, problems := readVariables(s.variables, setting.forAPI, n.free)
	if s.taken == nil {
		s.taken = map[string]bool{}
	}
	maps.Copy(s.taken, taken)
	return t, problems
}

// free gives the names that may stand below apis, endpoints and operations.
func (n Names) free(path []string) []string {
	switch {
	case len(path) == 1 && path[0] == "apis":
		return []string{n.API}
	case len(path) == 3 && path[2] == "endpoints":
		return n.Endpoints
	case len(path) == 3 && path[2] == "operations":
		return n.Operations
	}
	return nil
}

func (a API) unknown(group, what string, written, known []string) []error {
	slices.Sort(written)
	var problems []error
	for _, name := range written {
		if !slices.Contains(known, name) {
			place, _ := a.Place(Pointer(group, name))
			problems = append(problems, &Problem{
				Place:   place,
				Text:    fmt.Sprintf("api %q has no %s %q%s", a.name, what, name, didYouMean(name, known)),
				Pointer: Pointer("apis", a.name, group, name),
			})
		}
	}
	return problems
}

// Unused lists what is written below apis.* and no resolved api took, as problems.
func (a APIs) Unused() error {
	state := a.state.get()
	if state == nil {
		return nil
	}
	var known []string
	for _, n := range state.resolved {
		known = append(known, n.API)
	}
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(state.values)) {
		if !slices.Contains(known, name) {
			pointer := "/apis/" + escape(name)
			problems = append(problems, &Problem{
				Place: state.places[pointer], Text: fmt.Sprintf("no api %q is served%s", name, didYouMean(name, known)), Pointer: pointer,
			})
		}
	}
	for _, v := range state.variables {
		if v.forAPI() && !state.taken[v.name] {
			problems = append(problems, &Problem{Place: v.name, Text: "unknown variable" + didYouMean(Prefix+v.rest, a.variables())})
		}
	}
	return errors.Join(problems...)
}

// variables lists every variable that the resolved apis know.
func (a APIs) variables() []string {
	var all []string
	for _, n := range a.state.get().resolved {
		all = append(all, vocabulary().variables(nil, n.free)...)
	}
	return all
}

// overlay puts one value over another: objects merge, everything else replaces, and null stays,
// because it deletes when the patch is applied.
func overlay(below, above any) any {
	weak, ok := below.(map[string]any)
	strong, both := above.(map[string]any)
	if !ok || !both {
		return schema.Canonical(above)
	}
	out := make(map[string]any, len(weak)+len(strong))
	maps.Copy(out, weak)
	for name, value := range strong {
		out[name] = overlay(weak[name], value)
	}
	return out
}

func patches(value any) map[string]map[string]any {
	group, _ := value.(map[string]any)
	out := make(map[string]map[string]any, len(group))
	for name, patch := range group {
		object, _ := patch.(map[string]any)
		out[name] = object
	}
	return out
}
