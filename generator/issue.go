package generator

import (
	"cmp"
	"encoding/json"
	"slices"

	"github.com/penstock-dev/penstock/generator/internal/document"
)

// Issue is one problem of a document or endpoint file, or a warning about it.
type Issue struct {
	File    string // as the user named it, slashes forward
	Line    int    // from 1; a fault of the whole file is 1:1
	Column  int    // from 1, in bytes
	Warning bool
	Message string // plain sentence, lower case, no full stop
	Pointer string // JSON pointer into the file, "" for none
}

// String is "file:line:col: [warning: ]message (pointer)".
func (i Issue) String() string {
	return document.Issue{
		Pos:     document.Pos{File: i.File, Line: i.Line, Col: i.Column},
		Warning: i.Warning, Message: i.Message, Pointer: i.Pointer,
	}.String()
}

// MarshalJSON writes the members file, line, column, severity ("error" or "warning"), message
// and, where there is one, pointer.
func (i Issue) MarshalJSON() ([]byte, error) {
	severity := "error"
	if i.Warning {
		severity = "warning"
	}
	return json.Marshal(struct {
		File     string `json:"file"`
		Line     int    `json:"line"`
		Column   int    `json:"column"`
		Severity string `json:"severity"`
		Message  string `json:"message"`
		Pointer  string `json:"pointer,omitempty"`
	}{i.File, i.Line, i.Column, severity, i.Message, i.Pointer})
}

// Failed says whether one of the issues is more than a warning.
func Failed(issues []Issue) bool {
	return slices.ContainsFunc(issues, func(i Issue) bool { return !i.Warning })
}

// sorted turns the issues of the stages into those of the package: each once, by file, line
// and column. A warning where an error stands already would only repeat it.
func sorted(found []document.Issue) []Issue {
	failed := map[document.Pos]bool{}
	for _, f := range found {
		failed[f.Pos] = failed[f.Pos] || !f.Warning
	}
	var issues []Issue
	for _, f := range found {
		if f.Warning && failed[f.Pos] {
			continue
		}
		issues = append(issues, Issue{f.Pos.File, f.Pos.Line, f.Pos.Col, f.Warning, f.Message, f.Pointer})
	}
	return inOrder(issues)
}

// inOrder sorts issues by file, line and column, and keeps each once.
func inOrder(issues []Issue) []Issue {
	slices.SortFunc(issues, func(a, b Issue) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Message, b.Message), cmp.Compare(a.Pointer, b.Pointer))
	})
	return slices.Compact(issues)
}
