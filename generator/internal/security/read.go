// Package security reads what callers of an operation must fulfil: the security requirements of a
// document, and the schemes that they name.
package security

import (
	"slices"

	"github.com/penstock-dev/penstock/generator/internal/declared"
	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/generator/internal/model"
	"github.com/penstock-dev/penstock/generator/internal/report"
	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// Security is what callers of one operation must fulfil.
type Security struct {
	// Requirements are alternatives; empty: callers need not authenticate.
	Requirements []endpoint.Requirement
	// Schemes holds every scheme that is required, by its name.
	Schemes map[string]*model.SecurityScheme
}

// Anonymous says whether callers need not authenticate.
func (s Security) Anonymous() bool {
	return len(s.Requirements) == 0 || slices.ContainsFunc(s.Requirements, func(r endpoint.Requirement) bool { return len(r) == 0 })
}

// reader reads the requirements of one operation.
type reader struct {
	*report.Report
	schemes map[string]*model.SecurityScheme
}

// Read reads what callers of an operation must fulfil.
//
// In OpenAPI the operation's own list replaces the one of the root. In AsyncAPI a caller fulfils
// a requirement of the operation and one of a web server of its channel, where both have some
// (AsyncAPI 3.1, "Operation Object", field security).
func Read(d *document.Document, op *declared.Operation) (Security, []document.Issue) {
	r := &reader{Report: report.New(d), schemes: map[string]*model.SecurityScheme{}}
	required := r.operation(op)
	return Security{Requirements: required, Schemes: r.schemes}, r.Issues()
}

// operation reads the requirements of an operation, and of its servers.
func (r *reader) operation(op *declared.Operation) []endpoint.Requirement {
	list := op.Node.Get("security")
	if !r.Doc.Format.Async() {
		if list == nil {
			list = r.Doc.Root.Get("security")
		}
		return r.requirements(list, false)
	}
	var server []endpoint.Requirement
	for _, srv := range op.Servers {
		if srv.Web() {
			server = append(server, r.requirements(srv.Node.Get("security"), true)...)
		}
	}
	return both(server, r.requirements(list, false))
}

// Types lists the types of the schemes that a server asks Kafka clients for, "" for none.
func Types(d *document.Document, server *declared.Server) ([]string, []document.Issue) {
	r := &reader{Report: report.New(d)}
	kinds := r.types(server.Node.Get("security"))
	return kinds, r.Issues()
}

// types lists the types of the schemes in a list of requirements.
func (r *reader) types(list *document.Node) []string {
	if list == nil || !r.Want(list, document.Array, "security") {
		return nil
	}
	var kinds []string
	for _, item := range list.Items {
		if r.Doc.Format == document.AsyncAPI3 {
			kinds = append(kinds, r.Resolve(item).Get("type").Str())
			continue
		}
		if len(item.Members) == 0 {
			kinds = append(kinds, "")
		}
		for _, m := range item.Members {
			written := r.Resolve(r.Doc.Root.Get("components").Get("securitySchemes").Get(m.Key))
			if written == nil {
				r.Fail(item, "the security scheme %q does not stand under components.securitySchemes", m.Key)
				continue
			}
			kinds = append(kinds, written.Get("type").Str())
		}
	}
	return kinds
}
