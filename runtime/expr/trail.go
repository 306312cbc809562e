package expr

// attributePrefix may be left out where an attribute is read.
const attributePrefix = "gravitee.attribute."

// Trail follows what requests chose through the attributes of an operation: assignments are
// noted in their order, and a text that reads one of them depends on requests too. The zero value
// has none. Not safe for concurrent use.
type Trail struct{ names map[string]bool }

// Depends says whether the value of a text depends on a request: on #request, on #message, or on
// an attribute that does. What authentication found out (#subscription) does not count, nor do
// attributes that Go code sets: the code chose them.
func (t *Trail) Depends(text *Template) bool {
	if text.Uses("request") || text.Uses("message") {
		return true
	}
	if len(t.names) == 0 || !text.Uses("context") {
		return false
	}
	names, all := text.Attributes()
	for _, name := range names {
		if t.names[name] || t.names[attributePrefix+name] {
			return true
		}
	}
	return all
}

// Assign notes that an attribute gets a value that depends on a request. An assignment after it
// does not undo that: its condition may be false.
func (t *Trail) Assign(name string) {
	if t.names == nil {
		t.names = map[string]bool{}
	}
	t.names[name] = true
}

// Holds says whether an attribute of exactly this name can hold what a request chose.
func (t *Trail) Holds(name string) bool { return t.names[name] }
