package syntax

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

type tokenKind uint8

const (
	tokenEnd tokenKind = iota
	tokenName
	tokenInt
	tokenFloat
	tokenText
	tokenSign // operators and brackets
)

// token is one word of an expression.
type token struct {
	kind   tokenKind
	text   string // of a tokenText: without quotes
	offset int    // in the whole text
}

// lexer cuts the text of one part into tokens.
type lexer struct {
	text string
	at   int
	end  int // where the part ends
}

// signs are tried in this order: longer ones first.
var signs = []string{
	"?.?[", "?.![", ".?[", ".![", ".^[", ".$[", "?.[", "?[", "++", "--", "?.", "?:", "==", "!=", "<=", ">=", "&&", "||",
	".", ",", ":", "?", "(", ")", "[", "]", "{", "}", "#", "<", ">", "!", "+", "-", "*", "/", "%", "=", "^", "@", "&", "|",
}

func (l *lexer) next() (token, *Fault) {
	for l.at < l.end && strings.IndexByte(" \t\r\n\f", l.text[l.at]) >= 0 {
		l.at++
	}
	start := l.at
	if start >= l.end {
		return token{tokenEnd, "", l.end}, nil
	}
	switch c := l.text[start]; {
	case c == '\'' || c == '"':
		return l.quoted(c)
	case digit(c):
		return l.number()
	case letter(c):
		for l.at < l.end && (letter(l.text[l.at]) || digit(l.text[l.at])) {
			l.at++
		}
		return token{tokenName, l.text[start:l.at], start}, nil
	}
	rest := l.text[start:l.end]
	for _, sign := range signs {
		if strings.HasPrefix(rest, sign) {
			l.at += len(sign)
			return token{tokenSign, sign, start}, nil
		}
	}
	r, _ := utf8.DecodeRuneInString(rest)
	return token{}, &Fault{start, fmt.Sprintf("%q has no meaning here", r)}
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func letter(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '$'
}

// quoted reads a text; its quote is doubled to stand in it.
func (l *lexer) quoted(quote byte) (token, *Fault) {
	start := l.at
	var b strings.Builder
	for l.at++; l.at < l.end; l.at++ {
		c := l.text[l.at]
		if c == quote {
			if l.at+1 >= l.end || l.text[l.at+1] != quote {
				l.at++
				return token{tokenText, b.String(), start}, nil
			}
			l.at++
		}
		b.WriteByte(c)
	}
	return token{}, &Fault{start, "the closing quote of this text is missing"}
}

// number reads 1, 0x1F, 1.5, 1e3 and the endings L, f and d of Java.
func (l *lexer) number() (token, *Fault) {
	start, kind := l.at, tokenInt
	digits := func(hex bool) {
		for l.at < l.end && (digit(l.text[l.at]) || hex && strings.IndexByte("abcdefABCDEF", l.text[l.at]) >= 0) {
			l.at++
		}
	}
	peek := func(i int) byte {
		if l.at+i < l.end {
			return l.text[l.at+i]
		}
		return 0
	}
	hex := peek(0) == '0' && (peek(1) == 'x' || peek(1) == 'X')
	if hex {
		l.at += 2
	}
	digits(hex)
	if !hex && peek(0) == '.' && digit(peek(1)) {
		kind = tokenFloat
		l.at++
		digits(false)
	}
	if c := peek(0); !hex && (c == 'e' || c == 'E') {
		kind = tokenFloat
		if l.at++; peek(0) == '-' || peek(0) == '+' {
			l.at++
		}
		digits(false)
	}
	text := l.text[start:l.at]
	switch c := peek(0); {
	case c == 'l' || c == 'L':
		l.at++
	case !hex && strings.IndexByte("fFdD", c) >= 0 && c != 0:
		kind = tokenFloat
		l.at++
	}
	if c := peek(0); letter(c) || digit(c) {
		return token{}, &Fault{start, "not a number"}
	}
	return token{kind, text, start}, nil
}
