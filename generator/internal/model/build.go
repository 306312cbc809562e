package model

import (
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/schema"
)

// Build makes the model of a loaded document. It returns every problem at once, warnings too,
// in no order; the model is nil when one of them is an error.
func Build(d *document.Document) (*Model, []document.Issue) {
	b := &builder{
		doc:         d,
		annotations: map[*document.Node]*annotation{},
		seen:        map[document.Issue]bool{},
		allowUsed:   map[*document.Node]bool{},
		model: &Model{
			Source:      d.Path,
			Format:      d.Spec(),
			Title:       d.Root.Get("info").Get("title").Str(),
			Version:     d.Root.Get("info").Get("version").Str(),
			Description: d.Root.Get("info").Get("description").Str(),
		},
	}
	b.schemas = newSchemas(b)
	b.api()
	b.places()
	b.servers = b.readServers()
	b.model.BasePath = b.basePath()
	b.root = b.rootEndpoints()
	for _, s := range b.sources() {
		b.operation(s)
	}
	b.unusedAllow()
	b.names()
	b.report(Conflicts([]*Model{b.model})...)
	if len(b.model.Operations) == 0 && !document.Failed(b.issues) {
		b.warn(d.Root, "no operation has an x-kafka-entrypoints: nothing is served")
	}
	b.model.Schemas = b.schemas.list
	if document.Failed(b.issues) {
		return nil, b.issues
	}
	return b.model, b.issues
}

// builder holds what the steps of Build share.
type builder struct {
	doc         *document.Document
	model       *Model
	issues      []document.Issue
	seen        map[document.Issue]bool
	annotations map[*document.Node]*annotation
	servers     []*server
	root        rootEndpoints
	schemas     *schemas
	// allowUsed holds the entries of x-kafka-allow, and whether something that depends on a
	// request is judged by them.
	allowUsed map[*document.Node]bool
}

// report adds issues; the same issue, found by way of several operations, is kept once.
func (b *builder) report(issues ...document.Issue) {
	for _, issue := range issues {
		if !b.seen[issue] {
			b.seen[issue] = true
			b.issues = append(b.issues, issue)
		}
	}
}

// fail reports an error at a node.
func (b *builder) fail(n *document.Node, format string, args ...any) {
	b.report(b.doc.Issue(n, format, args...))
}

// warn reports a warning at a node.
func (b *builder) warn(n *document.Node, format string, args ...any) {
	issue := b.doc.Issue(n, format, args...)
	issue.Warning = true
	b.report(issue)
}

// resolve follows references; nil after a problem, which was then reported by the loader.
func (b *builder) resolve(n *document.Node) *document.Node {
	if n == nil {
		return nil
	}
	target, issue := b.doc.Resolve(n)
	if issue != nil {
		b.report(*issue)
		return nil
	}
	return target
}

// want checks that a node is of a kind; nil is fine. The official schema only warns, but what
// follows would have to guess.
func (b *builder) want(n *document.Node, kind document.Kind, what string) bool {
	if n == nil || n.Kind == kind {
		return true
	}
	b.fail(n, "%s must be %s, not %s", what, kind.Article(), n.Kind.Article())
	return false
}

var notInAPI = regexp.MustCompile(`[^a-z0-9_]`)

// api finds the document's name.
func (b *builder) api() {
	b.model.Pos = b.doc.Root.Pos
	a := b.annotation(b.doc.Root, "x-kafka-api", schema.API)
	if a != nil && !a.bad {
		b.model.API, b.model.Pos = a.node.Str(), a.node.Pos
		b.model.Pointer = b.doc.Pointer(a.node)
		return
	}
	base := path.Base(b.doc.Path)
	base = strings.TrimSuffix(base, path.Ext(base))
	b.model.API = notInAPI.ReplaceAllString(strings.ToLower(base), "_")
	if b.model.API == "" {
		b.fail(b.doc.Root, "the file name %q gives the api no name: write x-kafka-api", path.Base(b.doc.Path))
	}
}

// names checks that no two operations share a name.
func (b *builder) names() {
	first := map[string]*Operation{}
	for _, op := range b.model.Operations {
		if other := first[op.Name]; other != nil {
			b.report(document.Issue{Pos: op.Pos, Pointer: op.Pointer, Message: fmt.Sprintf("operation %q exists already at %s: write another operationId", op.Name, other.Pos)})
			continue
		}
		first[op.Name] = op
	}
}
