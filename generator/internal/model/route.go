package model

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// route is one entrypoint as web clients reach it.
type route struct {
	model *Model
	op    *Operation
	entry *Entrypoint
	path  string // whole, base path included
}

// Conflicts finds equal routes and equal api names among the documents that one gateway
// serves. Entrypoints of one path are told apart by method, Accept and Upgrade.
func Conflicts(models []*Model) []document.Issue {
	var issues []document.Issue
	apis := map[string]*Model{}
	first := map[string]route{}
	shapes := map[string]route{}
	for _, m := range models {
		if other := apis[m.API]; other != nil {
			issues = append(issues, document.Issue{Pos: m.Pos, Pointer: m.Pointer, Message: fmt.Sprintf("the api %q exists already in %s: write another x-kafka-api", m.API, other.Source)})
		} else {
			apis[m.API] = m
		}
		for _, op := range m.Operations {
			for _, e := range op.Entrypoints {
				r := route{m, op, e, strings.TrimSuffix(m.BasePath, "/") + e.Path}
				if issue := r.clash(first, shapes); issue != nil {
					issues = append(issues, *issue)
				}
			}
		}
	}
	return issues
}

// clash compares a route with those before it.
func (r route) clash(first, shapes map[string]route) *document.Issue {
	if r.entry.Path == "" {
		return nil
	}
	if r.entry.Method == http.MethodGet && ownPage(r.path) {
		return &document.Issue{Pos: r.entry.Pos, Pointer: r.entry.Pointer, Message: fmt.Sprintf("path %q is a page of the gateway itself", r.path)}
	}
	shape := Fill(r.path, "{}")
	key := r.entry.Method + " " + shape + " " + told(r.entry.Kind)
	if other, ok := first[key]; ok && other.entry.Pos == r.entry.Pos {
		return &document.Issue{Pos: r.entry.Pos, Pointer: r.entry.Pointer, Message: fmt.Sprintf(
			"route %s %s (%s) would serve both %q and %q: write the entrypoint at one of the operations", r.entry.Method, r.path, r.entry.Kind, other.op.Name, r.op.Name)}
	} else if ok {
		return &document.Issue{Pos: r.entry.Pos, Pointer: r.entry.Pointer, Message: fmt.Sprintf(
			"route %s %s (%s) exists already: operation %q at %s", r.entry.Method, r.path, r.entry.Kind, other.op.Name, other.entry.Pos)}
	}
	first[key] = r
	if other, ok := shapes[shape]; ok && other.path != r.path {
		return &document.Issue{Pos: r.entry.Pos, Pointer: r.entry.Pointer, Message: fmt.Sprintf(
			"path %q differs from %q at %s only by the names of its parameters: use the same names", r.path, other.path, other.entry.Pos)}
	}
	shapes[shape] = r
	return nil
}

// ownPage says whether a path is one of the pages where a gateway describes what it serves.
func ownPage(path string) bool {
	return path == "/docs" || strings.HasPrefix(path, "/docs/")
}

// told is what tells an entrypoint from others of its method and path.
func told(kind endpoint.Kind) string {
	if kind == endpoint.HTTPPost {
		return "body"
	}
	return string(kind)
}
