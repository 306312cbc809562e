// Package validate checks the bytes of a message against a schema in one pass, without decoding
// them: a valid message costs no allocation and about as much as finding out that it is JSON.
//
// Choices where JSON and JSON Schema leave room:
//   - JSON is that of RFC 8259. Text that is not UTF-8 is refused; escapes of lone surrogates pass
//     and stand for U+FFFD, as in encoding/json. Values nest at most 10,000 deep, as there.
//   - A name that appears twice in an object is refused where the schema looks at the names of
//     that object (RFC 8259 section 4 calls the outcome unpredictable, RFC 7493 section 2.3
//     forbids it), and everywhere when it is checked by the fallback. Elsewhere it passes, and the
//     last one counts when values are compared.
//   - Numbers are compared exactly, by their digits, up to exponents of 18 digits. A number with
//     a zero fraction is an integer, however it is written.
//   - Alternatives read their value again. Work is bounded by the size of the message, so that
//     nested alternatives cannot be used to stall the gateway.
package validate

import (
	"fmt"
	"sync"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/scan"
	"github.com/penstock-dev/penstock/runtime/internal/validate/fallback"
)

// maxViolations bounds the answer to a message: further broken rules are not listed.
const maxViolations = 100

// Validator checks messages and headers against one schema. Safe for concurrent use.
type Validator struct {
	root     *node            // nil: anything that is JSON
	fallback *fallback.Schema // set: root is unused
	headers  []header         // the headers that the schema names
	pool     sync.Pool        // of *checker
}

// Compile prepares a schema; nil is the schema that lets all JSON pass.
//
// An error names the place in the schema as a JSON pointer and what is wrong there: a pattern
// that RE2 refuses, a limit that is no number, an unknown reference, references in a circle.
func Compile(s *endpoint.Schema) (*Validator, error) {
	v := &Validator{pool: sync.Pool{New: func() any { return new(checker) }}}
	if s == nil {
		return v, nil
	}
	if s.JSON != "" {
		f, err := fallback.Compile(string(s.JSON))
		if err != nil {
			return nil, fmt.Errorf("schema: %w", err)
		}
		v.fallback = f
		for _, p := range f.Properties() {
			v.headers = append(v.headers, newHeader(p.Name, p.Types, p.Items))
		}
		return v, nil
	}
	root, err := compile(s)
	if err != nil {
		return nil, err
	}
	v.root = root
	v.headers = root.headers()
	return v, nil
}

// Check lists what is wrong with a message, at most 100 broken rules; nil when it is valid. A
// body that is not JSON gives one violation that says where and why.
func (v *Validator) Check(body []byte) []core.Violation {
	c := v.pool.Get().(*checker)
	defer v.put(c)
	c.turn++
	return v.check(c, body)
}

func (v *Validator) check(c *checker, text []byte) []core.Violation {
	if v.fallback != nil {
		return v.byFallback(c, text)
	}
	if c.start(text, false); c.document(v.root) {
		return nil
	}
	c.start(text, true)
	c.document(v.root)
	return c.result()
}

// readable is what must hold before the fallback may see a message: names that differ in every
// object, and numbers that it can hold.
var readable = func() *node {
	n := &node{numbers: &numberRules{short: true}}
	n.objects = &objectRules{additional: n, max: -1}
	n.arrays = &arrayRules{items: n, max: -1}
	return n
}()

func (v *Validator) byFallback(c *checker, text []byte) []core.Violation {
	if c.start(text, true); !c.document(readable) {
		return c.result()
	}
	found := v.fallback.Check(text)
	return found[:min(len(found), maxViolations)]
}

// CheckJSON says whether a body is one JSON text: nil, or one violation that says where and why
// it is not.
func CheckJSON(body []byte) []core.Violation {
	s := scan.Scanner{Buf: body, Explain: true}
	if s.Document() {
		return nil
	}
	return []core.Violation{{Detail: s.Fault}}
}

// put gives a checker back, without the message and without scratch space of unusual size.
func (v *Validator) put(c *checker) {
	c.start(nil, false)
	if c.scratchBytes() <= 1<<16 {
		v.pool.Put(c)
	}
}
