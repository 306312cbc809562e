package document

import (
	"path"
	"slices"
	"strings"
)

// checkReferences follows every reference that can be reached from the root and lists those
// that cannot be followed, and the problems of the files that they lead to.
func (d *Document) checkReferences() []Issue {
	w := &referenceWalk{doc: d, seen: map[*Node]bool{}}
	w.walk(d.Root, false)
	for _, t := range d.trees {
		if t.root != d.Root {
			w.issues = append(w.issues, t.issues...)
		}
	}
	return w.issues
}

type referenceWalk struct {
	doc    *Document
	seen   map[*Node]bool
	issues []Issue
}

// walk visits a value. Where names is set, its keys are names that the author chose, else
// words of the specification.
func (w *referenceWalk) walk(n *Node, names bool) {
	if w.seen[n] {
		return
	}
	w.seen[n] = true
	if n.Reference() != "" && !names {
		if target, issue := w.doc.Resolve(n); issue != nil {
			w.issues = append(w.issues, *issue)
		} else {
			w.walk(target, false)
		}
	}
	for _, item := range n.Items {
		w.walk(item, false)
	}
	foreign := !names && ForeignFormat(n.Get("schemaFormat").Str())
	for _, m := range n.Members {
		switch {
		case foreign && (m.Key == "schema" || m.Key == "payload"):
			w.foreign(m.Value)
		case !names && isData(m):
		default:
			w.walk(m.Value, !names && slices.Contains(nameMaps, m.Key))
		}
	}
}

// foreign checks a reference to a schema that is not ours to read: only its file must exist.
func (w *referenceWalk) foreign(n *Node) {
	ref := n.Reference()
	if ref == "" {
		return
	}
	name, _, _ := strings.Cut(ref, "#")
	switch path.Ext(name) {
	case "", ".json", ".yaml", ".yml", ".avsc":
		if _, issue := w.doc.Resolve(n); issue != nil {
			w.issues = append(w.issues, *issue)
		}
		return
	}
	t, issue := w.doc.referenced(n, name)
	if issue != nil {
		w.issues = append(w.issues, *issue)
		return
	}
	t.issues = nil
}

// isData says whether a member holds data of the author, in which $ref is no reference.
func isData(m Member) bool {
	switch m.Key {
	case "default", "const", "enum", "example", "value":
		return true
	case "examples":
		return m.Value.Kind == Array
	}
	return strings.HasPrefix(m.Key, "x-") && !strings.HasPrefix(m.Key, "x-kafka-")
}

// nameMaps are the members whose value is a map from names that the author chose.
var nameMaps = []string{
	"properties", "patternProperties", "definitions", "$defs", "dependentSchemas", "dependencies",
	"schemas", "responses", "parameters", "headers", "messages", "channels", "servers", "operations",
	"examples", "requestBodies", "securitySchemes", "links", "callbacks", "pathItems", "paths", "webhooks",
	"content", "encoding", "variables", "serverVariables", "correlationIds", "operationTraits",
	"messageTraits", "serverBindings", "channelBindings", "operationBindings", "messageBindings",
	"replies", "replyAddresses",
}

// ForeignFormat says whether a schemaFormat is something else than JSON Schema in one of its
// dialects: Avro, Protobuf, RAML.
func ForeignFormat(format string) bool {
	media, _, _ := strings.Cut(strings.ToLower(format), ";")
	media = strings.TrimSpace(media)
	if media == "" {
		return false
	}
	for _, own := range []string{"application/vnd.aai.asyncapi", "application/schema", "application/vnd.oai.openapi"} {
		if media == own || strings.HasPrefix(media, own+"+") {
			return false
		}
	}
	return true
}
