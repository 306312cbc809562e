// Package editors writes what editors need to know the schemas of Penstock's files.
package editors

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/penstock-dev/penstock/schema"
)

// association says which files have which schema. A glob after "!" takes files out again; it
// stands behind the others.
type association struct {
	schema string
	json   []string // globs of JSON files
	yaml   []string // globs of YAML files
}

var associations = []association{
	{
		"document",
		[]string{"specs/*.json", "!*.endpoint.json"},
		[]string{"specs/*.yaml", "specs/*.yml", "!*.endpoint.yaml", "!*.endpoint.yml"},
	},
	{"endpoint", []string{"*.endpoint.json"}, []string{"*.endpoint.yaml", "*.endpoint.yml"}},
	{"gateway", nil, []string{"gateway.yaml", "gateway.yml", "gateway.*.yaml"}},
}

// folder holds the schemas of a project, relative to its root.
const folder = ".vscode/penstock"

// ErrComments says that settings are there which hold comments and so cannot be completed
// without losing them.
var ErrComments = errors.New("is not plain JSON; add the associations by hand")

// Install writes the schemas to .vscode/penstock below a project's folder and associates files
// with them in .vscode/settings.json, whose other settings stay. JSON files are known to Visual
// Studio Code itself, YAML files to the extension redhat.vscode-yaml. It returns the paths that
// it wrote, relative to the folder. Doing it again changes nothing.
func Install(dir string) ([]string, error) {
	settings, err := readSettings(filepath.Join(dir, ".vscode", "settings.json"))
	if err != nil {
		return nil, err
	}
	var written []string
	save := func(name string, text []byte) error {
		file := filepath.Join(dir, filepath.FromSlash(name))
		have, err := os.ReadFile(file)
		if err == nil && bytes.Equal(have, text) {
			return nil
		}
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil { //nolint:gosec // a project's folder
			return fmt.Errorf("write the schemas: %w", err)
		}
		if err := os.WriteFile(file, text, 0o644); err != nil { //nolint:gosec // a project's file
			return fmt.Errorf("write the schemas: %w", err)
		}
		written = append(written, name)
		return nil
	}
	for _, a := range associations {
		text, _ := schema.Text(a.schema)
		name := path.Join(folder, a.schema+".json")
		if err := save(name, text); err != nil {
			return written, err
		}
		associate(settings, a, name)
	}
	text, err := json.MarshalIndent(settings, "", "  ")
	if err != nil {
		return written, fmt.Errorf("write the settings: %w", err)
	}
	return written, save(".vscode/settings.json", append(text, '\n'))
}

// readSettings reads the settings that are there; none is fine.
func readSettings(file string) (map[string]any, error) {
	settings := map[string]any{}
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return settings, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the settings: %w", err)
	}
	if err := json.Unmarshal(text, &settings); err != nil {
		return nil, fmt.Errorf("%q %w", file, ErrComments)
	}
	return settings, nil
}

// associate adds one schema to the settings, in place of an older association with it.
func associate(settings map[string]any, a association, name string) {
	url := "./" + name
	if len(a.json) > 0 {
		list, _ := settings["json.schemas"].([]any)
		entry := map[string]any{"fileMatch": a.json, "url": url}
		at := slices.IndexFunc(list, func(item any) bool {
			object, _ := item.(map[string]any)
			return object["url"] == url
		})
		if at >= 0 {
			list[at] = entry
		} else {
			list = append(list, entry)
		}
		settings["json.schemas"] = list
	}
	yaml, ok := settings["yaml.schemas"].(map[string]any)
	if !ok {
		yaml = map[string]any{}
		settings["yaml.schemas"] = yaml
	}
	yaml[url] = a.yaml
}
