package syntax

// Node is one operation of a parsed expression. The zero value is the literal null.
type Node struct {
	Op     Op
	Safe   bool    // ?. : null gives null
	Offset int     // of its sign in the whole text, in bytes from 0, for messages
	Name   string  // variable, property, method, type, operator
	Text   string  // of an OpText
	Int    int64   // of an OpInt
	Float  float64 // of an OpFloat
	Args   []*Node // operands; the receiver of an access first
}

// Op is what a node does.
type Op uint8

// The operations; the literals come first.
const (
	OpNull Op = iota
	OpFalse
	OpTrue
	OpInt
	OpFloat
	OpText
	OpVariable
	OpName     // a bare name: a property of #this
	OpCall     // #name(args)
	OpProperty // receiver
	OpMethod   // receiver, args
	OpType     // T(name)
	OpIndex    // receiver, index
	OpSelect   // receiver, condition
	OpProject  // receiver, item
	OpList
	OpMap // key, value, key, value
	OpUnary
	OpBinary
	OpTernary
)

// Literal says whether the value of the node stands in the text.
func (n *Node) Literal() bool { return n.Op <= OpText }
