// Package expr is the expression language of annotations: text with parts {#…}, {(…)} and {T(…)…}
// that are computed for each request or message. It is a subset of the Spring expression language
// (SpEL, docs.spring.io, "Spring Expression Language"); docs/expressions.md describes it.
//
// Compile parses and checks a text once and turns it into closures; a Template is safe for
// concurrent use and keeps nothing of an evaluation. Evaluation does no I/O, knows no reflection
// and calls only what the tables of this package list. Its errors hold parts of the text, never a
// value: values may be passwords and tokens.
package expr

// Limits of one text and of one evaluation.
const (
	maxDepth  = 64      // nesting of values, and of JSON that is read
	maxSteps  = 10_000  // nodes evaluated, and a step for each KiB of text looked at
	maxBytes  = 1 << 20 // bytes of texts and lists that one evaluation makes
	maxValues = 20_000  // values of a JSON text that is read
)
