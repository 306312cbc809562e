package validate

import (
	"sync/atomic"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/scan"
	"github.com/penstock-dev/penstock/runtime/internal/validate/decimal"
	"github.com/penstock-dev/penstock/runtime/internal/validate/pattern"
)

// node is a compiled schema. A nil *node lets every value pass. Every sentence that depends on
// the schema alone is made when compiling.
type node struct {
	never bool
	types endpoint.Types // 0: any
	wrong string         // "must be a string or null, not ": the type that was found follows

	enum    *values
	numbers *numberRules
	texts   *textRules
	arrays  *arrayRules
	objects *objectRules

	combined bool // one of the next three is set
	allOf    []*node
	anyOf    *choice
	oneOf    *choice
	alone    *choice // the one choice, when there is no other rule
}

// numberRules are the rules for numbers.
type numberRules struct {
	limits   []limit
	multiple *multiple
	short    bool // at most 1,000 digits and powers of ten
}

// limit is one of the four bounds of a number.
type limit struct {
	value   decimal.Value
	small   int64 // the value, when it is an integer of 64 bits
	isSmall bool
	upper   bool // a maximum
	open    bool // the value itself is out
	detail  string
}

// multiple is the rule multipleOf.
type multiple struct {
	divisor *decimal.Multiple
	small   int64 // the divisor, when it is an integer of 64 bits; else 0
	detail  string
}

// textRules are the rules for texts. Lengths count code points.
type textRules struct {
	min, max                     int // max -1: none
	pattern                      pattern.Matcher
	format                       func([]byte) bool
	short, long, mismatch, shape string
}

// arrayRules are the rules for arrays.
type arrayRules struct {
	items    *node
	min, max int // max -1: none
	unique   bool
	few      string
	many     string
}

// objectRules are the rules for objects.
type objectRules struct {
	props    []property
	leader   atomic.Int32   // the property that stood first in a recent message
	byName   map[string]int // nil for few properties: a search is faster
	required []int          // indexes of props
	words    int            // 64-bit words of the set of names seen, beyond the first
	// additional is for names without a declared property; closed: there may be none.
	additional *node
	closed     bool
	min, max   int // max -1: none
	few, many  string
}

// property is a name that the schema knows.
type property struct {
	name    string
	quoted  string // the name and its closing quote as most senders write it; "": needs escapes
	node    *node
	missing string
	// follower is the property that stood behind this one in a recent message.
	follower atomic.Int32
}

// choice is anyOf or oneOf.
type choice struct {
	nodes []*node
	none  string // what to say when no alternative matches
}

// kind is the set of types that the value at i may have, by its first byte.
func kind(b []byte, i int) endpoint.Types {
	switch scan.Peek(b, i) {
	case '"':
		return endpoint.String
	case '{':
		return endpoint.Object
	case '[':
		return endpoint.Array
	case 't', 'f':
		return endpoint.Boolean
	case 'n':
		return endpoint.Null
	}
	return endpoint.Integer | endpoint.Number
}

// onlyAlternatives reports whether anyOf or oneOf is the only rule.
func (n *node) onlyAlternatives() bool {
	return (n.anyOf == nil) != (n.oneOf == nil) && len(n.allOf) == 0 && n.types == 0 && !n.never &&
		n.enum == nil && n.numbers == nil && n.texts == nil && n.arrays == nil && n.objects == nil
}

// admits reports whether values of one of the types have a chance.
func (n *node) admits(t endpoint.Types) bool {
	return n == nil || !n.never && (n.types == 0 || n.types&t != 0)
}
