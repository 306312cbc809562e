package document

import (
	"bytes"
	"compress/gzip"
	"embed"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// The schemas that the AsyncAPI initiative publishes, see official/README.md.
//
//go:embed official/*.gz
var official embed.FS

// schemas compiles each official schema once, when it is first needed. Safe for concurrent use.
var schemas = map[string]func() (*jsonschema.Schema, error){
	"2.6.0": sync.OnceValues(func() (*jsonschema.Schema, error) { return compile("2.6.0") }),
	"3.0.0": sync.OnceValues(func() (*jsonschema.Schema, error) { return compile("3.0.0") }),
	"3.1.0": sync.OnceValues(func() (*jsonschema.Schema, error) { return compile("3.1.0") }),
}

func compile(version string) (*jsonschema.Schema, error) {
	name := "official/asyncapi-" + version + ".json.gz"
	packed, err := official.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read the official schema %q: %w", name, err)
	}
	reader, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("unpack the official schema %q: %w", name, err)
	}
	text, err := io.ReadAll(reader)
	if err != nil {
		return nil, fmt.Errorf("unpack the official schema %q: %w", name, err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.LoadURL = func(url string) (io.ReadCloser, error) {
		return nil, fmt.Errorf("the schema at %q is not fetched", url)
	}
	if err := compiler.AddResource("asyncapi.json", bytes.NewReader(text)); err != nil {
		return nil, fmt.Errorf("add the official schema %q: %w", name, err)
	}
	schema, err := compiler.Compile("asyncapi.json")
	if err != nil {
		return nil, fmt.Errorf("compile the official schema %q: %w", name, err)
	}
	return schema, nil
}

// checkOfficial checks the document by the specification of its format. Every finding is a
// warning: real documents break it in many ways that do not matter here.
func (d *Document) checkOfficial() []Issue {
	if !d.Format.Async() {
		return d.checkOpenAPI()
	}
	version := "2.6.0"
	if d.Format == AsyncAPI3 {
		version = d.Version[:len("3.x")] + ".0"
	}
	schema, err := schemas[version]()
	if err != nil {
		return []Issue{{Pos: d.Root.Pos, Message: err.Error()}}
	}
	value, _ := d.Root.Value().(map[string]any)
	value["asyncapi"] = version
	var verr *jsonschema.ValidationError
	switch err := schema.Validate(value); {
	case err == nil:
		return nil
	case !errors.As(err, &verr):
		return []Issue{d.warning("", fmt.Sprintf("not checked by the schema of AsyncAPI %s: %s", version, err))}
	}
	o := &officialFindings{doc: d, seen: map[string]bool{}}
	o.collect(verr)
	return o.issues
}

// warning makes a warning at the nearest value that a pointer into the root names.
func (d *Document) warning(pointer, message string) Issue {
	n := d.Root.Nearest(pointer)
	issue := d.Issue(n, "%s", message)
	issue.Warning = true
	return issue
}

type officialFindings struct {
	doc    *Document
	seen   map[string]bool
	issues []Issue
}

// collect lists the leaves below an error. Of alternatives it follows only the one that the
// author most likely meant, as the others bring noise.
func (o *officialFindings) collect(e *jsonschema.ValidationError) {
	if len(e.Causes) == 0 {
		message := "not valid " + o.doc.Spec() + ": " + e.Message
		if key := e.InstanceLocation + " " + message; !o.seen[key] {
			o.seen[key] = true
			o.issues = append(o.issues, o.doc.warning(e.InstanceLocation, message))
		}
		return
	}
	if strings.HasSuffix(e.KeywordLocation, "/oneOf") || strings.HasSuffix(e.KeywordLocation, "/anyOf") {
		o.collect(o.meant(e.Causes))
		return
	}
	for _, c := range e.Causes {
		o.collect(c)
	}
}

// Spec names the specification and its version, "AsyncAPI 3.1.0".
func (d *Document) Spec() string {
	if d.Format.Async() {
		return "AsyncAPI " + d.Version
	}
	return "OpenAPI " + d.Version
}

// meant picks the alternative that went deepest into the value. The alternative "reference"
// counts only where the value is one.
func (o *officialFindings) meant(alternatives []*jsonschema.ValidationError) *jsonschema.ValidationError {
	best, bestDepth := alternatives[0], -1
	for _, a := range alternatives {
		n := o.doc.Root.At(a.InstanceLocation)
		if isReferenceRule(a) && n.Reference() == "" {
			continue
		}
		if depth := deepest(a); depth > bestDepth {
			best, bestDepth = a, depth
		}
	}
	return best
}

// isReferenceRule says whether an alternative is the official "Reference" object.
func isReferenceRule(e *jsonschema.ValidationError) bool {
	if strings.HasSuffix(e.KeywordLocation, "/$ref") && len(e.Causes) > 0 {
		e = e.Causes[0]
	}
	return strings.Contains(e.AbsoluteKeywordLocation, "/definitions/Reference")
}

// deepest is how deep into the value an error goes.
func deepest(e *jsonschema.ValidationError) int {
	depth := strings.Count(e.InstanceLocation, "/")
	for _, c := range e.Causes {
		depth = max(depth, deepest(c))
	}
	return depth
}
