package document

import (
	"bytes"
	"compress/gzip"
	"embed"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
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
		if strings.HasSuffix(e.Message, "is not valid 'regex'") {
			return // the library takes Go's patterns for it; those that cannot be checked are told by dialect
		}
		message := "not valid " + o.doc.Spec() + ": " + officialMessage(e.Message)
		if key := instance(e) + " " + message; !o.seen[key] {
			o.seen[key] = true
			o.issues = append(o.issues, o.doc.warning(instance(e), message))
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

var notAllowed = regexp.MustCompile(`(?s)^additionalProperties '(.*)' not allowed$`)

// officialMessage brings a message of the library into one form: it lists names in the order of a
// map, and says nothing for the keyword not.
func officialMessage(text string) string {
	if text == "not failed" {
		return "this is excluded here"
	}
	m := notAllowed.FindStringSubmatch(text)
	if m == nil {
		return text
	}
	names := strings.Split(m[1], "', '")
	slices.Sort(names)
	return "additionalProperties '" + strings.Join(names, "', '") + "' not allowed"
}

// Spec names the specification and its version, "AsyncAPI 3.1.0".
func (d *Document) Spec() string {
	if d.Format.Async() {
		return "AsyncAPI " + d.Version
	}
	return "OpenAPI " + d.Version
}

// meant picks the alternative whose type the value has, of several the one that went deepest into it,
// then the one with the fewest faults. The alternative "reference" counts only where the value is one.
func (o *officialFindings) meant(alternatives []*jsonschema.ValidationError) *jsonschema.ValidationError {
	best, bestRank := alternatives[0], []int{-1}
	for _, a := range alternatives {
		n := o.doc.Root.At(instance(a))
		if isReferenceRule(a) && n.Reference() == "" {
			continue
		}
		rank := []int{1, deepest(a), -faults(a)}
		if otherType(a, instance(a)+"/type") {
			rank[0] = 0
		}
		if slices.Compare(rank, bestRank) > 0 {
			best, bestRank = a, rank
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

// instance is the JSON pointer of the value that an error is about. The library escapes it as a URL.
func instance(e *jsonschema.ValidationError) string {
	if plain, err := url.PathUnescape(e.InstanceLocation); err == nil {
		return plain
	}
	return e.InstanceLocation
}

// deepest is how deep into the value an error goes.
func deepest(e *jsonschema.ValidationError) int {
	depth := strings.Count(instance(e), "/")
	for _, c := range e.Causes {
		depth = max(depth, deepest(c))
	}
	return depth
}

// otherType says whether an alternative is for values with another constant at a place.
func otherType(e *jsonschema.ValidationError, place string) bool {
	is := func(c *jsonschema.ValidationError) bool { return otherType(c, place) }
	switch {
	case len(e.Causes) == 0:
		return instance(e) == place && (strings.HasSuffix(e.KeywordLocation, "/enum") || strings.HasSuffix(e.KeywordLocation, "/const"))
	case strings.HasSuffix(e.KeywordLocation, "/oneOf"), strings.HasSuffix(e.KeywordLocation, "/anyOf"):
		return !slices.ContainsFunc(e.Causes, func(c *jsonschema.ValidationError) bool { return !is(c) })
	}
	return slices.ContainsFunc(e.Causes, is)
}

// faults counts what an error finds wrong; a leaf can name several properties.
func faults(e *jsonschema.ValidationError) int {
	if len(e.Causes) == 0 {
		return 1 + strings.Count(e.Message, "', '")
	}
	count := 0
	for _, c := range e.Causes {
		count += faults(c)
	}
	return count
}
