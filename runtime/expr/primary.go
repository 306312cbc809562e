package expr

import (
	"strconv"
	"strings"
)

// primary reads what stands between operators, without the accesses after it.
func (p *parser) primary() *node {
	t := p.token
	switch t.kind {
	case tokenInt, tokenFloat:
		return p.number()
	case tokenText:
		p.advance()
		return &node{op: opLiteral, offset: t.offset, value: TextValue(t.text)}
	case tokenName:
		return p.word()
	case tokenSign:
		switch t.text {
		case "#":
			p.advance()
			name := p.name("the name of a variable").text
			if p.sign("(") {
				return &node{op: opCall, offset: t.offset, name: name, args: p.arguments()}
			}
			return &node{op: opVariable, offset: t.offset, name: name}
		case "(":
			p.advance()
			inner := p.expression(0)
			p.expect(")")
			return inner
		case "{":
			return p.braces()
		}
	}
	p.unexpected("a value")
	return &node{offset: t.offset}
}

func (p *parser) number() *node {
	t := p.advance()
	n := &node{op: opLiteral, offset: t.offset}
	if t.kind == tokenFloat {
		f, err := strconv.ParseFloat(t.text, 64)
		if err != nil {
			p.fail(t.offset, "%s is not a number of 64 bits", t.text)
		}
		n.value = FloatValue(f)
		return n
	}
	digits, base := t.text, 10
	if len(digits) > 1 && (digits[1] == 'x' || digits[1] == 'X') {
		digits, base = digits[2:], 16
	}
	i, err := strconv.ParseInt(digits, base, 64)
	if err != nil {
		p.fail(t.offset, "%s is not a number of 64 bits", t.text)
	}
	n.value = IntValue(i)
	return n
}

// word reads true, false, null, T(…) and bare names.
func (p *parser) word() *node {
	t := p.advance()
	literal := &node{op: opLiteral, offset: t.offset}
	switch strings.ToLower(t.text) {
	case "true", "false":
		literal.value = BoolValue(strings.EqualFold(t.text, "true"))
		return literal
	case "null":
		return literal
	}
	if why, known := refused[strings.ToLower(t.text)]; known {
		p.fail(t.offset, "%s", why)
	}
	if t.text == "T" && p.accept("(") {
		name := p.name("the name of a type").text
		for p.accept(".") {
			name += "." + p.name("the name of a type").text
		}
		p.expect(")")
		return &node{op: opType, offset: t.offset, name: name}
	}
	if p.sign("(") {
		p.fail(t.offset, "%s is no function: a method follows a value and a dot", t.text)
	}
	return &node{op: opName, offset: t.offset, name: t.text}
}

// postfix reads the accesses after a value.
func (p *parser) postfix(n *node) *node {
	for p.token.kind == tokenSign {
		t := p.token
		next := &node{offset: t.offset, safe: t.text[0] == '?', args: []*node{n}}
		switch t.text {
		case ".", "?.":
			p.advance()
			name := p.name("the name of a property or method")
			next.offset, next.name, next.op = name.offset, name.text, opProperty
			if p.sign("(") {
				next.op = opMethod
				next.args = append(next.args, p.arguments()...)
			}
		case "[", "?.[":
			next.op = opIndex
			p.bracket(next)
		case ".?[", "?.?[":
			next.op = opSelect
			p.bracket(next)
		case ".![", "?.![":
			next.op = opProject
			p.bracket(next)
		default:
			return n
		}
		n = next
	}
	return n
}

func (p *parser) bracket(n *node) {
	p.advance()
	n.args = append(n.args, p.expression(0))
	p.expect("]")
}

// arguments reads (a, b).
func (p *parser) arguments() []*node {
	p.expect("(")
	var args []*node
	for p.fault == nil && !p.accept(")") {
		if len(args) > 0 {
			p.expect(",")
		}
		args = append(args, p.expression(0))
	}
	return args
}

// braces reads a list {1, 2} or a map {a: 1, 'b': 2}; {} is an empty list, {:} an empty map.
func (p *parser) braces() *node {
	n := &node{op: opList, offset: p.advance().offset}
	if p.accept(":") {
		n.op = opMap
		p.expect("}")
		return n
	}
	for p.fault == nil && !p.accept("}") {
		if len(n.args) > 0 {
			p.expect(",")
		}
		first := p.expression(0)
		if len(n.args) == 0 && p.sign(":") {
			n.op = opMap
		}
		n.args = append(n.args, first)
		if n.op == opMap {
			p.expect(":")
			if first.op == opName {
				first.op, first.value = opLiteral, TextValue(first.name)
			}
			n.args = append(n.args, p.expression(0))
		}
	}
	return n
}
