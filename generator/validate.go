package generator

import (
	"path/filepath"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/generator/internal/judge"
	"github.com/penstock-dev/penstock/generator/internal/model"
	"github.com/penstock-dev/penstock/generator/internal/understand"
	"github.com/penstock-dev/penstock/runtime/expr"
	"github.com/penstock-dev/penstock/schema"
)

// Validate checks documents and endpoint files (*.endpoint.json, .yaml, .yml) and returns every
// problem at once, sorted by file, line and column. Documents are also checked against each
// other, as one gateway serves them together. Nothing is fetched and nothing is written.
func Validate(files ...string) []Issue {
	_, _, issues := compile(document.Disk{}, files, target{pkg: "generated"})
	return issues
}

// load reads documents and endpoint files. It returns the models of the documents that have no
// errors, in the order of the files. A file that is named twice is read once.
func load(files document.Files, names []string) ([]*model.Model, []Issue) {
	var models []*model.Model
	var found []document.Issue
	seen := map[string]bool{}
	for _, name := range names {
		if seen[filepath.Clean(name)] {
			continue // two patterns of a shell may match one file
		}
		seen[filepath.Clean(name)] = true
		name = filepath.ToSlash(name)
		if isEndpointFile(name) {
			found = append(found, checkEndpointFile(files, name)...)
			continue
		}
		m, issues := loadDocument(files, name)
		found = append(found, issues...)
		if m != nil {
			models = append(models, m)
		}
	}
	if len(models) > 1 {
		found = append(found, model.Conflicts(models)...)
	}
	return models, sorted(found)
}

// loadDocument makes the model of one document; nil when it has errors.
func loadDocument(files document.Files, name string) (*model.Model, []document.Issue) {
	d, issues := document.Load(files, name)
	if d == nil {
		return nil, issues
	}
	m, more := understand.Build(d)
	if document.Failed(issues) {
		m = nil
	}
	return m, append(issues, more...)
}

// isEndpointFile says by its name whether a file holds one endpoint.
func isEndpointFile(name string) bool {
	for _, suffix := range []string{".endpoint.json", ".endpoint.yaml", ".endpoint.yml"} {
		if strings.HasSuffix(strings.ToLower(name), suffix) {
			return true
		}
	}
	return false
}

// checkEndpointFile applies the schema of endpoints to a file and checks its expressions, its login
// and its certificates.
func checkEndpointFile(files document.Files, name string) []document.Issue {
	d, issues := document.Read(files, name)
	if d.Root == nil {
		return issues
	}
	root, unresolved := d.Inline(d.Root)
	if len(unresolved) > 0 {
		return append(issues, unresolved...)
	}
	for _, issue := range schema.Validate(schema.Endpoint, schema.Template, root.Value()) {
		issues = append(issues, d.Placed(root, issue.Pointer, issue.Message))
	}
	issues = append(issues, d.Expressions(root, func(string) expr.Place { return expr.Configuration })...)
	if document.Failed(issues) {
		return issues
	}
	return append(issues, judge.File(d, root)...)
}
