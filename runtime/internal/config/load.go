package config

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"strconv"
	"strings"

	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/v2"

	"github.com/penstock-dev/penstock/schema"
)

// separator stands between names in koanf's flat keys; no name holds it.
const separator = "\x00"

// Load reads the configuration: defaults, then the file ("" for none), then the PENSTOCK_*
// variables among environ ("NAME=value"). The error joins every *Problem.
//
// What stands below apis.* and auth.* is read here and matched with the mounted apis later, see
// APIs and Auth.
func Load(path string, environ []string) (Config, error) {
	file, err := readFile(path)
	problems := []error{err}
	own := settings(environ)
	if file == nil {
		file = newTree()
	}
	env, wrong := parseEnvironment(own, file)
	problems = append(problems, wrong...)
	if err != nil && len(file.values) == 0 {
		return Config{}, errors.Join(problems...)
	}
	merged := koanf.New(separator)
	for _, t := range []*tree{file, env} {
		if err := merged.Load(confmap.Provider(t.values, ""), nil); err != nil {
			return Config{}, fmt.Errorf("merge configuration: %w", err)
		}
	}
	maps.Copy(file.places, env.places)
	problems = append(problems, check(merged.Raw(), file)...)
	if err := errors.Join(problems...); err != nil {
		return Config{}, err
	}
	cfg := Default()
	texts := koanf.New(separator)
	if err := texts.Load(confmap.Provider(sizesAsTexts(merged.Raw()), ""), nil); err != nil {
		return Config{}, fmt.Errorf("merge configuration: %w", err)
	}
	if err := texts.Unmarshal("", &cfg); err != nil {
		return Config{}, fmt.Errorf("read configuration: %w", err)
	}
	apis, _ := file.values["apis"].(map[string]any)
	cfg.APIs = APIs{state: hide(&apisState{values: apis, places: file.places, variables: own})}
	auth, _ := file.values["auth"].(map[string]any)
	cfg.Auth = Auth{state: hide(&authState{values: auth, places: file.places, variables: own})}
	return cfg, nil
}

func readFile(path string) (*tree, error) {
	if path == "" {
		return newTree(), nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	t, err := parseFile(path, text)
	if t != nil {
		vocabulary().fit(t.values)
	}
	return t, err
}

// check validates the merged values and says where each problem was written.
func check(values map[string]any, t *tree) []error {
	var problems []error
	for _, issue := range schema.Validate(schema.Gateway, schema.Template, values) {
		problems = append(problems, &Problem{Place: t.place(issue.Pointer), Text: issue.Message, Pointer: issue.Pointer})
	}
	for _, pointer := range schema.Expressions(values) {
		if path := strings.Split(pointer, "/"); path[1] != "apis" || len(path) < 4 || path[3] != "endpoints" {
			problems = append(problems, &Problem{
				Place: t.place(pointer), Text: "an expression stands only in the endpoints of an api", Pointer: pointer,
			})
		}
	}
	return problems
}

// sizesAsTexts copies the values of limits and produce with their numbers as texts, which is what
// Size and Share read.
func sizesAsTexts(values map[string]any) map[string]any {
	out := maps.Clone(values)
	for _, name := range []string{"limits", "produce"} {
		group, ok := values[name].(map[string]any)
		if !ok {
			continue
		}
		texts := make(map[string]any, len(group))
		for key, value := range group {
			texts[key] = text(value)
		}
		out[name] = texts
	}
	return out
}

func text(value any) any {
	switch value := value.(type) {
	case int:
		return strconv.Itoa(value)
	case float64:
		return strconv.FormatFloat(value, 'f', -1, 64)
	}
	return value
}
