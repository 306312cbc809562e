package syntax

import (
	"strconv"
	"strings"
)

// primary reads what stands between operators, without the accesses after it.
func (p *parser) primary() *Node {
	t := p.token
	switch t.kind {
	case tokenInt, tokenFloat:
		return p.number()
	case tokenText:
		p.advance()
		return &Node{Op: OpText, Offset: t.offset, Text: t.text}
	case tokenName:
		return p.word()
	case tokenSign:
		switch t.text {
		case "#":
			p.advance()
			name := p.name("the name of a variable").text
			if p.sign("(") {
				return &Node{Op: OpCall, Offset: t.offset, Name: name, Args: p.arguments()}
			}
			return &Node{Op: OpVariable, Offset: t.offset, Name: name}
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
	return &Node{Offset: t.offset}
}

func (p *parser) number() *Node {
	t := p.advance()
	n := &Node{Op: OpInt, Offset: t.offset}
	if t.kind == tokenFloat {
		f, err := strconv.ParseFloat(t.text, 64)
		if err != nil {
			p.fail(t.offset, "%s is not a number of 64 bits", t.text)
		}
		n.Op, n.Float = OpFloat, f
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
	n.Int = i
	return n
}

// word reads true, false, null, T(…) and bare names.
func (p *parser) word() *Node {
	t := p.advance()
	switch strings.ToLower(t.text) {
	case "true":
		return &Node{Op: OpTrue, Offset: t.offset}
	case "false":
		return &Node{Op: OpFalse, Offset: t.offset}
	case "null":
		return &Node{Op: OpNull, Offset: t.offset}
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
		return &Node{Op: OpType, Offset: t.offset, Name: name}
	}
	if p.sign("(") {
		p.fail(t.offset, "%s is no function: a method follows a value and a dot", t.text)
	}
	return &Node{Op: OpName, Offset: t.offset, Name: t.text}
}

// postfix reads the accesses after a value.
func (p *parser) postfix(n *Node) *Node {
	for p.token.kind == tokenSign {
		t := p.token
		next := &Node{Offset: t.offset, Safe: t.text[0] == '?', Args: []*Node{n}}
		switch t.text {
		case ".", "?.":
			p.advance()
			name := p.name("the name of a property or method")
			next.Offset, next.Name, next.Op = name.offset, name.text, OpProperty
			if p.sign("(") {
				next.Op = OpMethod
				next.Args = append(next.Args, p.arguments()...)
			}
		case "[", "?.[":
			next.Op = OpIndex
			p.bracket(next)
		case ".?[", "?.?[":
			next.Op = OpSelect
			p.bracket(next)
		case ".![", "?.![":
			next.Op = OpProject
			p.bracket(next)
		default:
			return n
		}
		n = next
	}
	return n
}

func (p *parser) bracket(n *Node) {
	p.advance()
	n.Args = append(n.Args, p.expression(0))
	p.expect("]")
}

// arguments reads (a, b).
func (p *parser) arguments() []*Node {
	p.expect("(")
	var args []*Node
	for p.fault == nil && !p.accept(")") {
		if len(args) > 0 {
			p.expect(",")
		}
		args = append(args, p.expression(0))
	}
	return args
}

// braces reads a list {1, 2} or a map {a: 1, 'b': 2}; {} is an empty list, {:} an empty map.
func (p *parser) braces() *Node {
	n := &Node{Op: OpList, Offset: p.advance().offset}
	if p.accept(":") {
		n.Op = OpMap
		p.expect("}")
		return n
	}
	for p.fault == nil && !p.accept("}") {
		if len(n.Args) > 0 {
			p.expect(",")
		}
		first := p.expression(0)
		if len(n.Args) == 0 && p.sign(":") {
			n.Op = OpMap
		}
		n.Args = append(n.Args, first)
		if n.Op == OpMap {
			p.expect(":")
			if first.Op == OpName {
				first.Op, first.Text = OpText, first.Name
			}
			n.Args = append(n.Args, p.expression(0))
		}
	}
	return n
}
