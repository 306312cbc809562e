// Package document reads annotated documents: YAML or JSON text becomes a tree of nodes in which
// every node knows its file, line and column, and local references are resolved.
package document

import "fmt"

// Pos is a place in a file. Line and column count from 1; the column counts bytes.
type Pos struct {
	File string // as the user named it, slashes forward
	Line int
	Col  int
}

// String is "file:line:col".
func (p Pos) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col) }

// Kind is the JSON kind of a node.
type Kind uint8

// The kinds.
const (
	Null Kind = iota
	Bool
	Number // Text holds the number as JSON writes it
	String
	Array
	Object
)

// Node is one JSON value with its place.
type Node struct {
	Kind    Kind
	Text    string // String: the text. Number: the literal. Bool: "true" or "false"
	Pos     Pos
	Items   []*Node  // Array
	Members []Member // Object, in the order of the file
}

// Member is one member of an object.
type Member struct {
	Key    string
	KeyPos Pos
	Value  *Node
}

// Get finds a member of an object; nil when there is none.
func (n *Node) Get(key string) *Node {
	if n == nil || n.Kind != Object {
		return nil
	}
	for i := range n.Members {
		if n.Members[i].Key == key {
			return n.Members[i].Value
		}
	}
	return nil
}

// Issue is one problem of a document, or a warning about it.
type Issue struct {
	Pos     Pos
	Warning bool
	Message string // plain sentence, lower case, no full stop
	Pointer string // JSON pointer into the file, "" for none
}

// String is "file:line:col: [warning: ]message (pointer)".
func (i Issue) String() string {
	text := i.Pos.String() + ": "
	if i.Warning {
		text += "warning: "
	}
	text += i.Message
	if i.Pointer != "" {
		text += " (" + i.Pointer + ")"
	}
	return text
}

// Texts lists the texts of an array; numbers and booleans too, as the file writes them.
func (n *Node) Texts() []string {
	if n == nil || n.Kind != Array {
		return nil
	}
	var list []string
	for _, item := range n.Items {
		if item.Kind == String || item.Kind == Number || item.Kind == Bool {
			list = append(list, item.Text)
		}
	}
	return list
}
