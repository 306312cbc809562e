package understand

import (
	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// source is one operation as its document describes it, before any annotation is looked at.
type source struct {
	name    string
	node    *document.Node // the operation, traits applied; annotations stand in it
	pos     document.Pos
	channel *document.Node // channel or path item
	// siblings are all operations of the channel or path item, this one included.
	siblings []*source

	// direction is what AsyncAPI's action says; 0 in OpenAPI.
	direction endpoint.Direction
	action    *document.Node // the value that says so

	method, path string // OpenAPI

	address    *document.Node // the channel's address, nil where there is none
	topic      *document.Node // bindings.kafka.topic
	parameters map[string]parameter
	servers    []*server
	messages   []*message // AsyncAPI: of the operation
}

// parameter is a declared channel or path parameter.
type parameter struct {
	node     *document.Node
	enum     []string
	fallback string // its default
	optional bool   // it has a default
}

// sources lists the operations in the order of the file.
func (b *builder) sources() []*source {
	switch b.Doc.Format {
	case document.AsyncAPI2:
		return b.asyncAPI2()
	case document.AsyncAPI3:
		return b.asyncAPI3()
	case document.OpenAPI30, document.OpenAPI31:
		return b.openAPI()
	}
	return nil
}

// relate makes the operations of each channel known to each other.
func relate(all []*source) {
	byChannel := map[*document.Node][]*source{}
	for _, s := range all {
		byChannel[s.channel] = append(byChannel[s.channel], s)
	}
	for _, s := range all {
		s.siblings = byChannel[s.channel]
	}
}

// texts lists the texts of an array; numbers and booleans too, as the file writes them.
func texts(n *document.Node) []string {
	if n == nil || n.Kind != document.Array {
		return nil
	}
	var list []string
	for _, item := range n.Items {
		if item.Kind == document.String || item.Kind == document.Number || item.Kind == document.Bool {
			list = append(list, item.Text)
		}
	}
	return list
}

// members lists the members of an object; none of nil.
func members(n *document.Node) []document.Member {
	if n == nil {
		return nil
	}
	return n.Members
}
