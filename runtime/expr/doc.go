// Package expr is the expression language of annotations: text with parts {#…}, {(…)} and {T(…)…}
// that are computed for each request or message. It is a subset of the Spring expression language
// (SpEL, docs.spring.io, "Spring Expression Language"); docs/expressions.md describes it.
//
// Compile parses and checks a text once and turns it into closures; a Template is safe for
// concurrent use and keeps nothing of an evaluation. Evaluation does no I/O, knows no reflection
// and calls only what the tables of this package list. Its errors hold parts of the text, never a
// value: values may be passwords and tokens.
//
// The parts stand below internal, each knowing only those before it: bounds (limits), syntax (text
// to nodes), value, shape (what is known before evaluation), jsonpath, method (the allow-list).
// This package declares the variables, checks nodes and turns them into closures.
package expr
