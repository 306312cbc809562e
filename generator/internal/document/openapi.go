package document

import (
	"errors"
	"fmt"
	"net/url"
	"path"
	"reflect"
	"regexp"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// checkOpenAPI checks the document with kin-openapi. Examples are not checked: every second
// real document has one that does not fit.
//
// The library reads our own print of the files, in which every value that can have a place
// stands on a line of its own: so its line numbers lead back to nodes.
func (d *Document) checkOpenAPI() []Issue {
	c := &openAPICheck{doc: d, files: map[string]*printed{}}
	loader := openapi3.NewLoader()
	loader.IncludeOrigin = true
	loader.ReadFromURIFunc = c.read
	doc, err := loader.LoadFromURI(&url.URL{Path: path.Clean(d.Path)})
	if err != nil {
		return []Issue{c.finding(err)}
	}
	options := []openapi3.ValidationOption{openapi3.DisableExamplesValidation(), openapi3.EnableMultiError()}
	if d.Format == OpenAPI31 {
		options = append(options, openapi3.AllowExtraSiblingFields("pathItems")) // the library does not know it among components
	}
	err = doc.Validate(loader.Context, options...)
	return c.findings(err)
}

type openAPICheck struct {
	doc   *Document
	files map[string]*printed
}

// read gives the library a file of the document. References were checked before, so that
// nothing else is ever asked for.
func (c *openAPICheck) read(_ *openapi3.Loader, location *url.URL) ([]byte, error) {
	if location.Scheme != "" || location.Host != "" {
		return nil, fmt.Errorf("%q is not fetched", location)
	}
	t := c.doc.open(location.Path)
	if t.root == nil {
		return nil, fmt.Errorf("%q cannot be read", location.Path)
	}
	p := newPrint(t.root)
	c.files[path.Clean(location.Path)] = p
	return p.text.Bytes(), nil
}

// findings lists the errors of a validation as warnings.
func (c *openAPICheck) findings(err error) []Issue {
	if err == nil {
		return nil
	}
	var many openapi3.MultiError
	if !errors.As(err, &many) {
		return []Issue{c.finding(err)}
	}
	var issues []Issue
	for _, e := range many {
		issues = append(issues, c.findings(e)...)
	}
	return issues
}

// finding turns one error into a warning at the most exact place that it tells.
func (c *openAPICheck) finding(err error) Issue {
	leaf := err
	place := c.doc.Root
	for e := err; e != nil; e = errors.Unwrap(e) {
		leaf = e
		if n := c.origin(e); n != nil {
			place = n
		} else if n := c.context(e, place); n != nil {
			place = n
		}
	}
	message := plain(leaf.Error())
	if name := missing(err, place); name != "" && strings.Contains(message, "must be") {
		message = name + " is missing"
	}
	issue := c.doc.Issue(place, "not valid %s: %s", c.doc.Spec(), message)
	issue.Warning = true
	return issue
}

// missing names the required member that an error is about, when the place has no such member. The
// library says in most cases only what its value must be.
func missing(err error, place *Node) string {
	var required *openapi3.RequiredFieldError
	if !errors.As(err, &required) {
		return ""
	}
	name := required.Field[strings.LastIndexByte(required.Field, '.')+1:]
	if place.Get(name) != nil {
		return ""
	}
	return name
}

var (
	wrongKind   = regexp.MustCompile(`cannot unmarshal (\w+) into .*field (?:\w+\.)*(\w+) of`)
	wrongObject = regexp.MustCompile(`cannot unmarshal (\w+) into value of type openapi3\.(\w+)`)
	hump        = regexp.MustCompile(`([a-z])([A-Z])`)
)

// plain shortens a message of the library to one line, without the names of its Go types.
func plain(text string) string {
	text, _, _ = strings.Cut(text, "\n")
	if m := wrongKind.FindStringSubmatch(text); m != nil {
		return fmt.Sprintf("%s cannot be of the type %s", m[2], m[1])
	}
	if m := wrongObject.FindStringSubmatch(text); m != nil {
		return fmt.Sprintf("the value of a %s cannot be of the type %s", strings.ToLower(hump.ReplaceAllString(m[2], "$1 $2")), m[1])
	}
	return text
}

// origin finds the node at the place that an error of the library carries.
func (c *openAPICheck) origin(e error) *Node {
	v := reflect.ValueOf(e)
	if v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Kind() != reflect.Struct {
		return nil
	}
	field := v.Elem().FieldByName("Origin")
	if !field.IsValid() {
		return nil
	}
	origin, ok := field.Interface().(*openapi3.Origin)
	if !ok || origin == nil || origin.Key == nil {
		return nil
	}
	p := c.files[path.Clean(origin.Key.File)]
	if p == nil || origin.Key.Line < 1 || origin.Key.Line >= len(p.nodes) {
		return nil
	}
	return p.nodes[origin.Key.Line]
}

// context finds the node that a context of the library names, below the place known so far.
func (c *openAPICheck) context(e error, place *Node) *Node {
	switch e := e.(type) { //nolint:errorlint // each link of the chain is looked at by itself
	case *openapi3.SectionValidationError:
		return c.doc.Root.Get(e.Section)
	case *openapi3.PathValidationError:
		return c.doc.Root.Get("paths").Get(e.Path)
	case *openapi3.WebhookValidationError:
		return c.doc.Root.Get("webhooks").Get(e.Name)
	case *openapi3.PathParametersError:
		return c.doc.Root.Get("paths").Get(e.Path).Get(methodKey(e.Method))
	case *openapi3.OperationValidationError:
		return place.Get(methodKey(e.Method))
	case *openapi3.ComponentValidationError:
		return place.Get(componentKeys[e.Section]).Get(e.Name)
	}
	return nil
}

func methodKey(method string) string { return strings.ToLower(method) }

var componentKeys = map[string]string{
	"schema": "schemas", "parameter": "parameters", "header": "headers", "request body": "requestBodies",
	"response": "responses", "security scheme": "securitySchemes", "example": "examples",
	"link": "links", "callback": "callbacks",
}
