// Package syntax reads the text of expressions: it finds the parts {#…}, {(…)} and {T(…)…} of a
// text and parses each into a tree of nodes. It knows nothing of values and of what the names
// mean; docs/expressions.md describes the language.
package syntax

// Limits of a text.
const (
	MaxLength = 16 << 10 // bytes of a text that holds expressions
	MaxDepth  = 64       // nesting of an expression
)

// Fault is a problem of a text.
type Fault struct {
	Offset  int    // in the whole text, in bytes from 0
	Message string // plain sentence, lower case, no full stop
}
