package syntax

import (
	"fmt"
	"strings"
	"testing"
)

var opNames = map[Op]string{
	OpCall: "call", OpIndex: "index", OpSelect: "select", OpProject: "project", OpList: "list", OpMap: "map", OpTernary: "?",
}

// tree writes a node with its operands in parentheses.
func tree(n *Node) string {
	switch n.Op {
	case OpNull:
		return "null"
	case OpFalse:
		return "false"
	case OpTrue:
		return "true"
	case OpInt:
		return fmt.Sprint(n.Int)
	case OpFloat:
		return fmt.Sprintf("%.1f", n.Float)
	case OpText:
		return fmt.Sprintf("%q", n.Text)
	case OpVariable:
		return "#" + n.Name
	case OpName:
		return n.Name
	case OpType:
		return "T:" + n.Name
	case OpProperty:
		return "(." + n.Name + safe(n) + " " + tree(n.Args[0]) + ")"
	}
	words := []string{opNames[n.Op] + n.Name + safe(n)}
	for _, operand := range n.Args {
		words = append(words, tree(operand))
	}
	return "(" + strings.Join(words, " ") + ")"
}

func safe(n *Node) string {
	if n.Safe {
		return "?"
	}
	return ""
}

func TestTrees(t *testing.T) {
	for text, want := range map[string]string{
		"1 + 2 * 3 - 4":               "(- (+ 1 (* 2 3)) 4)",
		"(1 + 2) * 3":                 "(* (+ 1 2) 3)",
		"!true and false or NOT null": "(|| (&& (! true) false) (! null))",
		"-1 lt 0x1F":                  "(< (- 1) 31)",
		"1.5e1 >= 2d":                 "(>= 15.0 2.0)",
		"1L == 1":                     "(== 1 1)",
		"'it''s' matches \"a\"\"b\"":  `(matches "it's" "a\"b")`,
		"#a ?: #b ?: 1":               "(?: #a (?: #b 1))",
		"#a ? 1 : #b ? 2 : 3":         "(? #a 1 (? #b 2 3))",
		"#a.b?.c['d'][0]":             `(index (index (.c? (.b #a)) "d") 0)`,
		"#a?.['b']":                   `(index? #a "b")`,
		"#a.b(1, 'x').c()":            `(c (b #a 1 "x"))`,
		"#a.?[key == 1].![#this]":     "(project (select #a (== key 1)) #this)",
		"#a?.?[x]?.![y]":              "(project? (select? #a x) y)",
		"{1, {2}, {}, {:}}":           "(list 1 (list 2) (list) (map))",
		"{a: 1, 'b': #c}":             `(map "a" 1 "b" #c)`,
		"#jsonPath(#a, '$')":          `(calljsonPath #a "$")`,
		"T(java.lang.Math).max(1, 2)": "(max T:java.lang.Math 1 2)",
	} {
		n, fault := Parse("x{"+text+"}", 2, 2+len(text))
		if fault != nil {
			t.Errorf("%s: %+v", text, *fault)
		} else if got := tree(n); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", text, got, want)
		}
	}
}

func TestFaults(t *testing.T) {
	for text, want := range map[string]Fault{
		"":              {0, "a value is missing: the expression ends"},
		"1 2":           {2, `an operator or the end is missing: found "2"`},
		"1 < 2 < 3":     {6, "comparisons do not chain: use parentheses"},
		"#a = 1":        {3, "nothing is assigned in an expression: compare with =="},
		"#a.":           {3, "the name of a property or method is missing: the expression ends"},
		"'open":         {0, "the closing quote of this text is missing"},
		"12ab":          {0, "not a number"},
		"0x":            {0, "0x is not a number of 64 bits"},
		"new X()":       {0, "new is not part of the language"},
		"exit(1)":       {0, "exit is no function: a method follows a value and a dot"},
		"#a ? 1":        {6, `":" is missing: the expression ends`},
		"1 + \\":        {4, `'\\' has no meaning here`},
		"#a & #b":       {3, "the operator & is not part of the language: and is &&"},
		"#a | #b":       {3, "the operator | is not part of the language: or is ||"},
		"#a['x']?[0]":   {7, "?[ is not part of the language: an item of what may be missing is ?.[…]"},
		"(1":            {2, `")" is missing: the expression ends`},
		"{a: 1, 2}":     {8, `":" is missing: found "}"`},
		"T(java.lang.)": {12, `the name of a type is missing: found ")"`},
	} {
		_, fault := Parse(text, 0, len(text))
		if fault == nil || *fault != want {
			t.Errorf("%s: got %+v, want %+v", text, fault, want)
		}
	}
	if n, fault := Parse(strings.Repeat("(", MaxDepth-1)+"1"+strings.Repeat(")", MaxDepth-1), 0, 2*MaxDepth-1); fault != nil || n.Int != 1 {
		t.Errorf("as deep as may be: got %+v", fault)
	}
	if _, fault := Parse(strings.Repeat("(", MaxDepth), 0, MaxDepth); fault == nil || *fault != (Fault{MaxDepth, "nested deeper than 64 levels"}) {
		t.Errorf("deeper: got %+v", fault)
	}
}

func TestPart(t *testing.T) {
	for text, want := range map[string]string{
		"":                    "",
		"plain {x} {}":        "",
		"{ #a }":              "{ #a }",
		"a{(1)}b{T(Math)}":    "{(1)}|{T(Math)}",
		"{({1,{2}})}}":        "{({1,{2}})}",
		"{('}')} {(\"'}\")}":  "{('}')}|{(\"'}\")}",
		"{{#a}}":              "{#a}",
		"ä{#a}":               "{#a}",
		"{#a":                 "! 0 the closing } of this part is missing",
		"{#a} {('}":           "{#a}|! 7 the closing quote of this text is missing, or the closing } of the part before it",
		"{#a['x]} {#b['y']}":  "! 15 the closing quote of this text is missing, or the closing } of the part before it",
		"{\n#a}{ orders/{#b}": "{\n#a}|{#b}",
	} {
		var got []string
		for rest := 0; ; {
			open, end, fault := Part(text, rest)
			if fault != nil {
				got = append(got, fmt.Sprintf("! %d %s", fault.Offset, fault.Message))
				break
			}
			if open == len(text) {
				break
			}
			got = append(got, text[open:end+1])
			rest = end + 1
		}
		if strings.Join(got, "|") != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	long := strings.Repeat("x", MaxLength)
	if open, _, fault := Part(long+"x", 0); open != MaxLength+1 || fault != nil {
		t.Errorf("a text without parts has no limit: got %d, %+v", open, fault)
	}
	want := Fault{0, "longer than 16384 bytes, the limit of a text with expressions"}
	if _, _, fault := Part(long+"{#a}", 0); fault == nil || *fault != want {
		t.Errorf("a long text: got %+v", fault)
	}
}
