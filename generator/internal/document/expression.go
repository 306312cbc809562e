package document

import (
	"errors"
	"fmt"
	"strings"

	"github.com/penstock-dev/penstock/runtime/expr"
	"github.com/penstock-dev/penstock/runtime/jaas"
	"github.com/penstock-dev/penstock/schema"
)

// Expressions checks the expressions in all texts below a node, by the place that each stands
// at: place gets the JSON pointer below the node. References were replaced before.
func (d *Document) Expressions(n *Node, place func(pointer string) expr.Place) []Issue {
	var issues []Issue
	var walk func(n *Node, pointer string)
	walk = func(n *Node, pointer string) {
		for i, item := range n.Items {
			walk(item, fmt.Sprintf("%s/%d", pointer, i))
		}
		for _, m := range n.Members {
			walk(m.Value, Join(pointer, m.Key))
		}
		if n.Kind == String && schema.IsExpression(n.Text) && !soundLogin(n.Text, pointer, place) {
			issues = append(issues, d.expression(n, place(pointer))...)
		}
	}
	walk(n, "")
	return issues
}

// soundLogin says whether a text is a JAAS login configuration whose options are correct. What is
// quoted there has escapes of its own, so that the text as a whole need not be an expression.
func soundLogin(text, pointer string, place func(pointer string) expr.Place) bool {
	if !strings.HasSuffix(pointer, "/saslJaasConfig") {
		return false
	}
	entries, err := jaas.Parse(text)
	for _, entry := range entries {
		for _, option := range entry.Options {
			if _, wrong := expr.Compile(option.Value(), place(pointer)); wrong != nil {
				return false
			}
		}
	}
	return err == nil
}

// expression checks one text. A fault is reported where it stands in the file or, where the
// file writes the text in another way, at the text with the number of the character.
func (d *Document) expression(n *Node, place expr.Place) []Issue {
	_, err := expr.Compile(n.Text, place)
	var faults expr.Faults
	if !errors.As(err, &faults) {
		return nil
	}
	var issues []Issue
	for _, fault := range faults {
		issue := d.Issue(n, "expression: %s", fault.Message)
		if at, ok := d.Inside(n, fault.Offset); ok {
			issue.Pos = at
		} else {
			issue.Message = fmt.Sprintf("expression: character %d: %s", fault.Offset+1, fault.Message)
		}
		issues = append(issues, issue)
	}
	return issues
}
