package expr

// node is one operation of a parsed expression.
type node struct {
	op     op
	offset int     // of its sign, for messages
	name   string  // variable, property, method, type, operator
	value  Value   // of a literal
	args   []*node // operands; the receiver of an access first
	safe   bool    // ?. : null gives null
}

type op uint8

const (
	opLiteral op = iota
	opVariable
	opName     // a bare name: a property of #this
	opCall     // #name(args)
	opProperty // receiver
	opMethod   // receiver, args
	opStatic   // T(name).method(args): value holds the method
	opType     // T(name) alone
	opIndex    // receiver, index
	opSelect   // receiver, condition
	opProject  // receiver, item
	opList
	opMap // key, value, key, value
	opUnary
	opBinary
	opTernary
)
