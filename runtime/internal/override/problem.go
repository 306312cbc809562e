package override

import "github.com/penstock-dev/penstock/schema"

// Problem is a fault of the endpoint object or of an assignment, found when an operation is
// compiled.
type Problem struct {
	Pointer string // into the endpoint object; "" for an assignment
	Source  string // of an assignment: "specs/orders.yaml:12:5"
	Err     error
}

// Error says where and what.
func (p *Problem) Error() string {
	text := p.Err.Error()
	if p.Pointer != "" {
		text += " (" + p.Pointer + ")"
	}
	if p.Source != "" {
		text = p.Source + ": " + text
	}
	return text
}

// Unwrap gives the fault.
func (p *Problem) Unwrap() error { return p.Err }

// Invalid is an evaluated endpoint object that breaks rules of its schema. It holds no secret.
type Invalid struct{ Issues []schema.Issue }

// maxMessage is how much is said of one issue, in bytes: it may quote what a request sent.
const maxMessage = 300

// Error lists the issues.
func (e *Invalid) Error() string {
	text := ""
	for i, issue := range e.Issues {
		if i > 0 {
			text += "; "
		}
		text += shortened(issue.Message, maxMessage) + " (" + issue.Pointer + ")"
	}
	return text
}
