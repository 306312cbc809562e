package syntax

import "testing"

// FuzzParse: every text gives a tree whose nodes have places in the text, or a fault that has one.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"1 + 2 * -3", "#a?.b['c'][0].?[x == 1].![#this]", "{a: {1, 'it''s'}}", "T(java.lang.Math).max(1, 2.5e3)", "#f(1) ?: 0x1F", "'", "((",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, fault := Parse("{"+text+"}", 1, 1+len(text))
		if fault != nil {
			if fault.Offset < 1 || fault.Offset > 1+len(text) || fault.Message == "" {
				t.Fatalf("%q: %+v", text, *fault)
			}
			return
		}
		walk(t, text, n)
	})
}

// operands is how many each operation has at least.
var operands = map[Op]int{OpProperty: 1, OpMethod: 1, OpIndex: 2, OpSelect: 2, OpProject: 2, OpUnary: 1, OpBinary: 2, OpTernary: 3}

func walk(t *testing.T, text string, n *Node) {
	if n.Offset < 1 || n.Offset > 1+len(text) || len(n.Args) < operands[n.Op] || n.Op > OpTernary {
		t.Fatalf("%q: %+v", text, *n)
	}
	for _, operand := range n.Args {
		walk(t, text, operand)
	}
}
