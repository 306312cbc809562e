package declared

import (
	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// Operation is one operation as its document describes it. Whether it is exposed says effective.
type Operation struct {
	Name        string         // operationId, or operation key, or made from method and path
	Node        *document.Node // the operation, traits applied
	Pos         document.Pos
	Summary     string
	Description string
	Tags        []string
	Annotations Annotations

	Channel            *document.Node // channel or path item
	ChannelAnnotations Annotations
	// Siblings are all operations of the channel or path item, this one included.
	Siblings []*Operation

	// Direction is what AsyncAPI's action says; 0 in OpenAPI.
	Direction endpoint.Direction
	Action    *document.Node // the value that says so

	Method, Path string // OpenAPI

	Address    *document.Node // the channel's address, nil where there is none
	KafkaTopic *document.Node // bindings.kafka.topic
	Partitions int32          // bindings.kafka.partitions; 0: nothing said
	Parameters map[string]Parameter
	Servers    []*Server
	Messages   []*Message // AsyncAPI: of the operation
}

// Parameter is a declared channel or path parameter.
type Parameter struct {
	Node     *document.Node
	Enum     []string
	Fallback string // its default
	Optional bool   // it has a default
}

// operations lists the operations in the order of the file.
func (r *reader) operations() []*Operation {
	var all []*Operation
	switch r.Doc.Format {
	case document.AsyncAPI2:
		all = r.asyncAPI2()
	case document.AsyncAPI3:
		all = r.asyncAPI3()
	case document.OpenAPI30, document.OpenAPI31:
		all = r.openAPI()
	}
	byChannel := map[*document.Node][]*Operation{}
	for _, op := range all {
		byChannel[op.Channel] = append(byChannel[op.Channel], op)
	}
	for _, op := range all {
		op.Siblings = byChannel[op.Channel]
	}
	return all
}

// operation begins an operation: what every format says in the same words.
func (r *reader) operation(name string, pos document.Pos, n *document.Node) *Operation {
	return &Operation{
		Name: name, Node: n, Pos: pos, Annotations: r.annotations(n, atOperation),
		Summary: Summary(n), Description: n.Get("description").Str(), Tags: tags(n),
	}
}

// under says which channel or path item an operation is of.
func (r *reader) under(op *Operation, channel *document.Node) {
	op.Channel, op.ChannelAnnotations = channel, r.annotations(channel, atChannel)
	op.Partitions = r.kafkaPartitions(channel)
}

// TopicName is what the document itself names the topic by: the binding of Kafka, else the address;
// nil where there is neither.
func (o *Operation) TopicName() *document.Node {
	if o.KafkaTopic != nil {
		return o.KafkaTopic
	}
	return o.Address
}

// Summary is the summary of an object, else its title.
func Summary(n *document.Node) string {
	if text := n.Get("summary").Str(); text != "" {
		return text
	}
	return n.Get("title").Str()
}

// tags lists the tags of an operation: texts in OpenAPI, objects with a name in AsyncAPI.
func tags(n *document.Node) []string {
	list := n.Get("tags")
	if list == nil {
		return nil
	}
	var names []string
	for _, item := range list.Items {
		if name := item.Str(); name != "" {
			names = append(names, name)
		} else if name := item.Get("name").Str(); name != "" {
			names = append(names, name)
		}
	}
	return names
}
