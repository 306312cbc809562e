package syntax

import (
	"fmt"
	"strconv"
	"strings"
)

// parser is a Pratt parser over the tokens of one part: operators by their power.
type parser struct {
	lexer lexer
	token token
	depth int
	fault *Fault // the first; from it on only the end is read
}

// The powers of the operators, weakest first. Comparisons do not chain, as in SpEL.
const (
	powerChoice = iota + 1 // ? : ?:
	powerOr
	powerAnd
	powerCompare
	powerSum
	powerProduct
	powerUnary
)

type operator struct {
	name  string
	power int
}

// operators by their signs and words; words in any case.
var operators = map[string]operator{
	"?": {"?", powerChoice}, "?:": {"?:", powerChoice},
	"||": {"||", powerOr}, "or": {"||", powerOr},
	"&&": {"&&", powerAnd}, "and": {"&&", powerAnd},
	"==": {"==", powerCompare}, "eq": {"==", powerCompare},
	"!=": {"!=", powerCompare}, "ne": {"!=", powerCompare},
	"<": {"<", powerCompare}, "lt": {"<", powerCompare},
	"<=": {"<=", powerCompare}, "le": {"<=", powerCompare},
	">": {">", powerCompare}, "gt": {">", powerCompare},
	">=": {">=", powerCompare}, "ge": {">=", powerCompare},
	"matches": {"matches", powerCompare},
	"+":       {"+", powerSum}, "-": {"-", powerSum},
	"*": {"*", powerProduct}, "/": {"/", powerProduct}, "%": {"%", powerProduct},
}

// refused are signs and words of SpEL that are not part of the subset.
var refused = map[string]string{
	"=": "nothing is assigned in an expression: compare with ==", "++": "nothing is assigned in an expression",
	"--": "nothing is assigned in an expression", "^": "the operator ^ is not part of the language",
	"&": "the operator & is not part of the language: and is &&", "|": "the operator | is not part of the language: or is ||",
	"?[": "?[ is not part of the language: an item of what may be missing is ?.[…]",
	"@":  "beans are not part of the language", ".^[": ".^[ is not part of the language: take [0] of .?[", ".$[": ".$[ is not part of the language",
	"instanceof": "instanceof is not part of the language", "between": "between is not part of the language: write two comparisons",
	"new": "new is not part of the language", "div": "div is not part of the language: write /", "mod": "mod is not part of the language: write %",
}

// Parse reads the whole expression text[start:end]. Offsets of nodes and of the fault, the first
// that is found, are those in the text.
func Parse(text string, start, end int) (*Node, *Fault) {
	p := &parser{lexer: lexer{text: text, at: start, end: end}}
	p.advance()
	n := p.expression(0)
	if p.token.kind != tokenEnd {
		p.unexpected("an operator or the end")
	}
	return n, p.fault
}

// fail keeps the first fault and ends the reading.
func (p *parser) fail(offset int, format string, args ...any) {
	p.stop(&Fault{offset, fmt.Sprintf(format, args...)})
}

func (p *parser) stop(fault *Fault) {
	if p.fault == nil {
		p.fault = fault
	}
	p.token = token{tokenEnd, "", p.lexer.end}
}

func (p *parser) unexpected(want string) {
	if why, known := refused[strings.ToLower(p.token.text)]; known && (p.token.kind == tokenSign || p.token.kind == tokenName) {
		p.fail(p.token.offset, "%s", why)
		return
	}
	if p.token.kind == tokenEnd {
		p.fail(p.token.offset, "%s is missing: the expression ends", want)
		return
	}
	p.fail(p.token.offset, "%s is missing: found %q", want, p.token.text)
}

func (p *parser) advance() token {
	last := p.token
	if p.fault != nil {
		return last
	}
	next, fault := p.lexer.next()
	if fault != nil {
		p.stop(fault)
		return last
	}
	p.token = next
	return last
}

func (p *parser) sign(text string) bool { return p.token.kind == tokenSign && p.token.text == text }

// accept takes a sign when it is the next.
func (p *parser) accept(text string) bool {
	if p.sign(text) {
		p.advance()
		return true
	}
	return false
}

func (p *parser) expect(text string) {
	if !p.accept(text) {
		p.unexpected(strconv.Quote(text))
	}
}

func (p *parser) name(what string) token {
	if p.token.kind != tokenName {
		p.unexpected(what)
	}
	return p.advance()
}

// operator is the operator that stands next.
func (p *parser) operator() (operator, bool) {
	if p.token.kind != tokenSign && p.token.kind != tokenName {
		return operator{}, false
	}
	o, known := operators[strings.ToLower(p.token.text)]
	return o, known
}

// expression reads operators stronger than a power.
func (p *parser) expression(power int) *Node {
	if p.depth++; p.depth > MaxDepth {
		p.fail(p.token.offset, "nested deeper than %d levels", MaxDepth)
		return &Node{}
	}
	defer func() { p.depth-- }()
	left := p.unary()
	for {
		o, known := p.operator()
		if !known || o.power <= power {
			return left
		}
		offset := p.advance().offset
		switch {
		case o.name == "?":
			yes := p.expression(0)
			p.expect(":")
			left = &Node{Op: OpTernary, Offset: offset, Args: []*Node{left, yes, p.expression(0)}}
		case o.power == powerChoice:
			left = &Node{Op: OpBinary, Offset: offset, Name: o.name, Args: []*Node{left, p.expression(0)}}
		default:
			left = &Node{Op: OpBinary, Offset: offset, Name: o.name, Args: []*Node{left, p.expression(o.power)}}
			if next, _ := p.operator(); o.power == powerCompare && next.power == powerCompare {
				p.fail(p.token.offset, "comparisons do not chain: use parentheses")
			}
		}
	}
}

// unary reads ! not - + before an operand.
func (p *parser) unary() *Node {
	t := p.token
	name := t.text
	if t.kind == tokenName && strings.EqualFold(name, "not") {
		name = "!"
	} else if t.kind != tokenSign || name != "!" && name != "-" && name != "+" {
		return p.postfix(p.primary())
	}
	p.advance()
	return &Node{Op: OpUnary, Offset: t.offset, Name: name, Args: []*Node{p.expression(powerUnary)}}
}
