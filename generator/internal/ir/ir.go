// Package ir lowers a model to what templates print: names, imports and Go literals are decided
// here, and nowhere later.
package ir

import (
	"github.com/penstock-dev/penstock/generator/internal/types"
	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// Package is the generated package of one document.
type Package struct {
	Name    string // package and folder
	GoName  string // field of generated.Hooks
	Path    string // import path
	Source  string // the document's path in the marker line
	About   string // package comment
	API     string
	Title   string // one line
	Version string

	Models     types.Output
	Schemas    []SchemaVar
	Operations []*Operation
	Hooks      []*Hook

	// OpenAPI and AsyncAPI are the published documents; nil: none.
	OpenAPI, AsyncAPI []byte
}

// Published reports whether the package embeds documents.
func (p *Package) Published() bool { return p.OpenAPI != nil || p.AsyncAPI != nil }

// Tree is everything that is generated for a project.
type Tree struct {
	Name     string // package that mounts the others
	Packages []*Package
}

// SchemaVar is a variable that holds a compiled schema.
type SchemaVar struct {
	Var     string
	Comment string
	Value   *Literal
}

// Operation is one operation of the package.
type Operation struct {
	GoName string
	Const  string // name of the constant that holds Descriptor.Operation
	Var    string // variable that holds the descriptor

	Descriptor  endpoint.Descriptor // without payload schemas: those are variables
	Entrypoints []Entrypoint
	Publish     *Payload
	Subscribe   *Payload
}

// Entrypoint is an entrypoint of a descriptor.
type Entrypoint struct {
	endpoint.Entrypoint
	KindConst string // "HTTPPost"
}

// Payload is a payload of a descriptor with its hook.
type Payload struct {
	endpoint.Payload
	SchemaVar  string // "": none
	HeadersVar string // "": none
	Hook       *Hook
}

// Hook is one field of the Hooks struct.
type Hook struct {
	Field   string
	Type    string // of the payload: a type of the package, or []byte
	Comment string
}

// Literal is a composite literal of endpoint.Schema: the fields that are set, in the order of
// the type.
type Literal struct {
	Fields []Field
}

// Field is one field of a literal. Exactly one of the values is set.
type Field struct {
	Name    string
	Code    string // Go made by this package, never text of a document
	Text    *string
	Texts   []string
	JSONs   []string
	Schema  *Literal
	Schemas []*Literal
	Members []Member // properties
	Defs    []Member // definitions
}

// Member is a named schema in a literal. Var, when set, is the variable that holds it.
type Member struct {
	Name  string
	Value *Literal
	Var   string
}
