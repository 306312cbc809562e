package schema

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"sort"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// base is the start of every schema's $id.
const base = "https://penstock.dev/schema/"

//go:embed *.json
var files embed.FS

// library holds every schema as text, as data and compiled.
type library struct {
	texts    map[string][]byte // as compiled: with references among the files
	bundles  map[string][]byte // as given out: each on its own
	raw      map[string]map[string]any
	compiled [2]map[Kind]*jsonschema.Schema // by Mode
}

// load builds the library once; the embedded files are part of the program, so a fault in one of
// them is a fault of the build and panics.
var load = sync.OnceValue(func() *library {
	lib, err := newLibrary()
	if err != nil {
		panic(err) //nolint:forbidigo // a fault of the build, which every test shows
	}
	return lib
})

func newLibrary() (*library, error) {
	lib := &library{texts: map[string][]byte{}, bundles: map[string][]byte{}, raw: map[string]map[string]any{}}
	entries, err := files.ReadDir(".")
	if err != nil {
		return nil, fmt.Errorf("schema: read embedded files: %w", err)
	}
	for _, entry := range entries {
		text, err := files.ReadFile(entry.Name())
		if err != nil {
			return nil, fmt.Errorf("schema: read %q: %w", entry.Name(), err)
		}
		if err := lib.add(strings.TrimSuffix(entry.Name(), ".json"), text); err != nil {
			return nil, err
		}
	}
	for _, name := range []string{"endpoint", "entrypoints"} {
		text, err := patchText(lib.texts[name], name+"-patch")
		if err != nil {
			return nil, err
		}
		if err := lib.add(name+"-patch", text); err != nil {
			return nil, err
		}
	}
	for name := range lib.raw {
		if name == string(Document) {
			continue // made when it is asked for, see whole
		}
		text, err := lib.bundle(name)
		if err != nil {
			return nil, err
		}
		lib.bundles[name] = text
	}
	for _, mode := range []Mode{Template, Evaluated} {
		if err := lib.compile(mode); err != nil {
			return nil, err
		}
	}
	return lib, nil
}

func (lib *library) add(name string, text []byte) error {
	raw, err := decode(text)
	if err != nil {
		return fmt.Errorf("schema: decode %q: %w", name, err)
	}
	lib.texts[name], lib.raw[name] = text, raw
	return nil
}

func decode(text []byte) (map[string]any, error) {
	var raw map[string]any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	err := decoder.Decode(&raw)
	return raw, err
}

// compile compiles every schema for a mode: where expressions are evaluated already, the schema
// of expressions admits nothing, so that only the listed values of an enumeration are left.
func (lib *library) compile(mode Mode) error {
	compiler := jsonschema.NewCompiler()
	compiler.Draft = jsonschema.Draft7
	compiler.LoadURL = func(url string) (io.ReadCloser, error) {
		return nil, fmt.Errorf("schema: %q is not embedded", url)
	}
	for name, text := range lib.texts {
		if mode == Evaluated && name == "expression" {
			text = []byte(`{"not": {}}`)
		}
		if err := compiler.AddResource(base+name+".json", bytes.NewReader(text)); err != nil {
			return fmt.Errorf("schema: add %q: %w", name, err)
		}
	}
	lib.compiled[mode] = map[Kind]*jsonschema.Schema{}
	for _, kind := range Kinds() {
		compiled, err := compiler.Compile(base + kind.document() + ".json")
		if err != nil {
			return fmt.Errorf("schema: compile %q: %w", kind, err)
		}
		lib.compiled[mode][kind] = compiled
	}
	return nil
}

// rawOf is a schema as data; nil when there is none of that name.
func rawOf(name string) map[string]any {
	if name == string(Document) {
		return whole().raw
	}
	return load().raw[name]
}

// compiledOf is the schema that a kind is checked with in a mode; nil when there is none.
func compiledOf(kind Kind, mode Mode) *jsonschema.Schema {
	if kind == Document {
		return whole().compiled
	}
	return load().compiled[mode][kind]
}

// document is the name of the schema that a kind is checked with.
func (k Kind) document() string {
	if k == Entrypoints {
		return "entrypoints-patch"
	}
	return string(k)
}

// Names lists the schemas that have a text, sorted.
func Names() []string {
	names := make([]string, 0, len(load().texts))
	for name := range load().texts {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// Text gives a schema's text by its name, with everything that it refers to inside it, so that an
// editor needs nothing else. The bytes are a copy.
func Text(name string) ([]byte, bool) {
	if name == string(Document) {
		return bytes.Clone(whole().text), true
	}
	text, ok := load().bundles[name]
	return bytes.Clone(text), ok
}
