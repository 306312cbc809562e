package config

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// foreign are variables with our prefix that other programs of this repository read.
var foreign = []string{"MODULE", "TEST_KAFKA"}

// setting is one variable of the environment.
type setting struct {
	name  string // as written
	rest  string // in capitals, without the prefix
	value string
}

// settings picks the variables of the gateway out of an environment.
func settings(environ []string) []setting {
	var own []setting
	for _, entry := range environ {
		name, value, ok := strings.Cut(entry, "=")
		rest, ours := strings.CutPrefix(strings.ToUpper(name), Prefix)
		if ok && ours && !slices.Contains(foreign, rest) {
			own = append(own, setting{name, rest, value})
		}
	}
	slices.SortFunc(own, func(a, b setting) int { return strings.Compare(a.name, b.name) })
	return own
}

// forAPI says whether a variable is below apis.*, where names are known only once the apis are.
func (s setting) forAPI() bool { return strings.HasPrefix(s.rest, "APIS__") }

// forAuth says whether a variable is below auth.*, where names are those of the documents.
func (s setting) forAuth() bool { return strings.HasPrefix(s.rest, "AUTH__") }

// names is the lookup of free names in a file: those of its properties and dictionaries.
func (t *tree) names(path []string) []string {
	if len(path) == 0 || path[0] != "properties" && path[0] != "dictionaries" {
		return nil
	}
	at := t.values
	for _, name := range path {
		at, _ = at[name].(map[string]any)
	}
	return slices.Sorted(maps.Keys(at))
}

// readVariables reads those of the variables that are the reader's and that it knows: free gives
// the names that may stand in mappings of free names. taken are the variables that mean something.
func readVariables(own []setting, mine func(setting) bool, free func([]string) []string) (t *tree, taken map[string]bool, problems []error) {
	t, taken = newTree(), map[string]bool{}
	for _, v := range own {
		if !mine(v) {
			continue
		}
		found := vocabulary().find(v.rest, nil, free)
		if len(found) == 0 {
			continue
		}
		taken[v.name] = true
		if len(found) > 1 {
			problems = append(problems, &Problem{Place: v.name, Text: fmt.Sprintf(
				"may mean %s or %s: write it in the file", strings.Join(found[0].path, "."), strings.Join(found[1].path, "."))})
			continue
		}
		if err := t.set(found[0], v); err != nil {
			problems = append(problems, err)
		}
	}
	return t, taken, problems
}

// parseEnvironment reads the variables that are not below apis.* and auth.*. The file has the
// names of properties and dictionaries.
func parseEnvironment(own []setting, file *tree) (*tree, []error) {
	ours := func(s setting) bool { return !s.forAPI() && !s.forAuth() }
	t, taken, problems := readVariables(own, ours, file.names)
	for _, s := range own {
		if ours(s) && !taken[s.name] {
			meant := didYouMean(Prefix+s.rest, vocabulary().variables(nil, file.names))
			problems = append(problems, &Problem{Place: s.name, Text: "unknown variable" + meant})
		}
	}
	return t, problems
}

// set puts the value of a variable into the tree. Two variables that differ in case only are a
// problem, because nothing says which is stronger.
func (t *tree) set(m match, s setting) error {
	at, pointer := t.values, ""
	for _, name := range m.path[:len(m.path)-1] {
		pointer += "/" + escape(name)
		below, ok := at[name].(map[string]any)
		if !ok {
			below = map[string]any{}
			at[name] = below
		}
		at = below
	}
	last := m.path[len(m.path)-1]
	pointer += "/" + escape(last)
	if other, twice := t.places[pointer]; twice {
		return &Problem{Place: s.name, Text: fmt.Sprintf("says the same as %s", other), Pointer: pointer}
	}
	t.places[pointer] = s.name
	at[last] = typed(s.value, m.word.property.Types)
	return nil
}

// typed reads the text of a variable as one of the JSON types that its property has. A text that
// fits none stays a text, which the schema then refuses by name.
func typed(text string, types []string) any {
	for _, kind := range types {
		switch kind {
		case "string":
			return text
		case "boolean":
			if text == "true" || text == "false" {
				return text == "true"
			}
		case "integer", "number":
			if number := json.Number(strings.TrimSpace(text)); json.Valid([]byte(number)) {
				if _, err := number.Float64(); err == nil {
					return number
				}
			}
		case "array":
			return list(text)
		}
	}
	return text
}

// list reads a JSON array, or texts between commas.
func list(text string) any {
	if strings.HasPrefix(strings.TrimSpace(text), "[") {
		var items []any
		if err := json.Unmarshal([]byte(text), &items); err == nil {
			return items
		}
	}
	items := []any{}
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}
