// Package report collects what is wrong with a document while a stage reads it.
package report

import (
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/document"
)

// Report holds the issues that one stage has found in one document. It is not safe for concurrent
// use.
type Report struct {
	Doc    *document.Document
	issues []document.Issue
	seen   map[document.Issue]bool
}

// New makes a report about a document.
func New(d *document.Document) *Report {
	return &Report{Doc: d, seen: map[document.Issue]bool{}}
}

// Issues lists what was reported, in the order of the reports.
func (r *Report) Issues() []document.Issue { return r.issues }

// Failed says whether one of the issues is more than a warning.
func (r *Report) Failed() bool { return document.Failed(r.issues) }

// Add adds issues; the same issue, found by way of several operations, is kept once.
func (r *Report) Add(issues ...document.Issue) {
	for _, issue := range issues {
		if !r.seen[issue] {
			r.seen[issue] = true
			r.issues = append(r.issues, issue)
		}
	}
}

// Fail reports an error at a node.
func (r *Report) Fail(n *document.Node, format string, args ...any) {
	r.Add(r.Doc.Issue(n, format, args...))
}

// Warn reports a warning at a node.
func (r *Report) Warn(n *document.Node, format string, args ...any) {
	issue := r.Doc.Issue(n, format, args...)
	issue.Warning = true
	r.Add(issue)
}

// FailKey reports an error at the name of a member.
func (r *Report) FailKey(m *document.Member, format string, args ...any) {
	issue := r.Doc.Issue(m.Value, format, args...)
	issue.Pos = m.KeyPos
	r.Add(issue)
}

// WarnKey reports a warning at the name of a member.
func (r *Report) WarnKey(m *document.Member, format string, args ...any) {
	issue := r.Doc.Issue(m.Value, format, args...)
	issue.Pos, issue.Warning = m.KeyPos, true
	r.Add(issue)
}

// Resolve follows references; nil for nil and after a problem.
func (r *Report) Resolve(n *document.Node) *document.Node {
	if n == nil {
		return nil
	}
	target, issue := r.Doc.Resolve(n)
	if issue != nil {
		r.Add(*issue)
		return nil
	}
	return target
}

// Want checks that a node is of a kind; nil is fine. The official schema only warns, but what
// follows would have to guess.
func (r *Report) Want(n *document.Node, kind document.Kind, what string) bool {
	if n == nil || n.Kind == kind {
		return true
	}
	r.Fail(n, "%s must be %s, not %s", what, kind.Article(), n.Kind.Article())
	return false
}

// Words writes levels or kinds as the words of a sentence: "a, b and c".
func Words[T ~string](list []T) string {
	names := make([]string, len(list))
	for i, l := range list {
		names[i] = string(l)
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
