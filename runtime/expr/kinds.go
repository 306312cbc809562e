package expr

// shape is what is known about a value before it is computed.
type shape struct {
	kind    Kind // Any: nothing is known
	item    *shape
	members map[string]*shape // of a Structure
	name    string            // of a Structure: as it is written, "#request"
}

var (
	anyShape   = &shape{kind: Any}
	nullShape  = &shape{kind: Null}
	boolShape  = &shape{kind: Bool}
	intShape   = &shape{kind: Int}
	floatShape = &shape{kind: Float}
	textShape  = &shape{kind: Text}
	textsShape = &shape{kind: List, item: textShape}
)

func listOf(item *shape) *shape { return &shape{kind: List, item: item} }

func mapOf(item *shape) *shape { return &shape{kind: Map, item: item} }

// known says whether the kind of the value is certain. A value of the scope may always be null.
func (s *shape) known() bool { return s.kind != Any && s.kind != Null }

// may says whether the value can be of a kind.
func (s *shape) may(kinds ...Kind) bool {
	if !s.known() {
		return true
	}
	for _, k := range kinds {
		if s.kind == k || k == Int && s.kind == Float || k == Float && s.kind == Int {
			return true
		}
	}
	return false
}

// either is the shape of a value that is one of two.
func either(a, b *shape) *shape {
	switch {
	case a.kind == Null:
		return b
	case b.kind == Null, a == b:
		return a
	case a.kind == b.kind && a.kind != Structure && a.kind != List && a.kind != Map:
		return a
	case a.kind == b.kind && a.kind != Structure:
		return &shape{kind: a.kind, item: either(a.item, b.item)}
	}
	return anyShape
}

// shapeOf is the shape of a literal.
func shapeOf(v Value) *shape {
	switch v.kind {
	case Bool:
		return boolShape
	case Int:
		return intShape
	case Float:
		return floatShape
	case Text:
		return textShape
	}
	return nullShape
}

// entryShape is #this of a map in .?[ ] and .![ ].
func entryShape(item *shape) *shape {
	return &shape{kind: Structure, name: "an entry of a map", members: map[string]*shape{"key": textShape, "value": item}}
}
