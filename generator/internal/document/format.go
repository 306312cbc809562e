package document

import (
	"fmt"
	"regexp"
	"strings"
)

// Format is what a document is.
type Format uint8

// The formats.
const (
	Unknown   Format = iota
	AsyncAPI2        // 2.6, and 2.0 to 2.5 read as 2.6
	AsyncAPI3        // 3.0 and 3.1
	OpenAPI30
	OpenAPI31
)

// Async says whether the format is AsyncAPI.
func (f Format) Async() bool { return f == AsyncAPI2 || f == AsyncAPI3 }

var version = regexp.MustCompile(`^(\d+)\.(\d+)\.(\d+)(-[0-9A-Za-z.-]+)?$`)

// detect finds the format and version of the document. The warning tells that it is read as
// another version than it says.
func (d *Document) detect() (warning, err *Issue) {
	root := d.Root
	if root.Kind != Object {
		return nil, &Issue{Pos: root.Pos, Message: notASpec}
	}
	for _, key := range []string{"asyncapi", "openapi", "swagger"} {
		n := root.Get(key)
		if n == nil {
			continue
		}
		warning, message := d.setVersion(key, n)
		if message != "" {
			issue := d.Issue(n, "%s", message)
			return nil, &issue
		}
		return warning, nil
	}
	message := notASpec
	if root.Get("configuration") != nil || root.Get("sharedConfigurationOverride") != nil {
		message += "; " + anEndpoint
	}
	return nil, &Issue{Pos: root.Pos, Message: message}
}

const (
	notASpec   = "neither an AsyncAPI nor an OpenAPI document: the root has no member \"asyncapi\" or \"openapi\""
	anEndpoint = "an endpoint in a file of its own has a name that ends in .endpoint.json"
	readable   = "AsyncAPI 2.0 to 2.6, 3.0 and 3.1 and OpenAPI 3.0 and 3.1 are read"
)

// setVersion reads the version that stands under key; message says why it is refused.
func (d *Document) setVersion(key string, n *Node) (warning *Issue, message string) {
	spec := map[string]string{"asyncapi": "AsyncAPI", "openapi": "OpenAPI", "swagger": "OpenAPI"}[key]
	text := n.Text
	if n.Kind == Number && key == "swagger" {
		text = strings.TrimSuffix(text, ".0") + ".0"
	} else if n.Kind != String {
		return nil, fmt.Sprintf("the version must be a string such as \"3.1.0\", not %s", n.Kind.Article())
	}
	d.Version = text
	if key == "swagger" {
		return nil, fmt.Sprintf("OpenAPI %s (Swagger) is not read: convert the document to OpenAPI 3.0 or 3.1", text)
	}
	parts := version.FindStringSubmatch(text)
	if parts == nil || parts[4] != "" {
		return nil, fmt.Sprintf("%q is not a version of %s: %s", text, spec, readable)
	}
	switch minor := parts[1] + "." + parts[2]; spec + " " + minor {
	case "AsyncAPI 2.0", "AsyncAPI 2.1", "AsyncAPI 2.2", "AsyncAPI 2.3", "AsyncAPI 2.4", "AsyncAPI 2.5":
		d.Format = AsyncAPI2
		issue := d.Issue(n, "AsyncAPI %s is read as 2.6", text)
		issue.Warning = true
		return &issue, ""
	case "AsyncAPI 2.6":
		d.Format = AsyncAPI2
	case "AsyncAPI 3.0", "AsyncAPI 3.1":
		d.Format = AsyncAPI3
	case "OpenAPI 3.0":
		d.Format = OpenAPI30
	case "OpenAPI 3.1":
		d.Format = OpenAPI31
	default:
		if spec == "AsyncAPI" && parts[1] == "1" {
			return nil, fmt.Sprintf("AsyncAPI %s is not read: convert the document to AsyncAPI 3.1", text)
		}
		return nil, fmt.Sprintf("%s %s is not read: %s", spec, text, readable)
	}
	return nil, ""
}
