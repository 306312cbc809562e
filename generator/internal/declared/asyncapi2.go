package declared

import (
	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// asyncAPI2 reads the operations of AsyncAPI 2: publish and subscribe of each channel, whose
// key is its address.
func (r *reader) asyncAPI2() []*Operation {
	channels := r.Doc.Root.Get("channels")
	if channels == nil || !r.Want(channels, document.Object, "channels") {
		return nil
	}
	var all []*Operation
	for _, m := range channels.Members {
		r.beside(m.Value)
		channel := r.Resolve(m.Value)
		if channel == nil || !r.Want(channel, document.Object, "a channel") {
			continue
		}
		r.annotations(channel, atChannel)
		address := &document.Node{Kind: document.String, Text: m.Key, Pos: m.KeyPos}
		for _, member := range channel.Members {
			if member.Key != "publish" && member.Key != "subscribe" {
				continue
			}
			if op := r.operation2(address, channel, member); op != nil {
				all = append(all, op)
			}
		}
	}
	return all
}

func (r *reader) operation2(address, channel *document.Node, m document.Member) *Operation {
	n := r.Resolve(m.Value)
	if n == nil || !r.Want(n, document.Object, m.Key) {
		return nil
	}
	n = r.Doc.WithTraits(n)
	name := n.Get("operationId").Str()
	if name == "" {
		name = m.Key + " " + address.Text
	}
	op := r.operation(name, m.KeyPos, n)
	r.under(op, channel)
	op.Direction, op.Action = endpoint.Publishing, &document.Node{Kind: document.String, Text: m.Key, Pos: m.KeyPos}
	op.Address, op.KafkaTopic = address, r.kafkaTopic(channel)
	op.Parameters, op.Servers = r.parameters2(channel), r.serversOf(channel)
	if m.Key == "subscribe" {
		op.Direction = endpoint.Subscribing
	}
	op.Messages = r.messages2(op)
	return op
}

// parameters2 reads the parameters of a channel, whose values have a schema.
func (r *reader) parameters2(channel *document.Node) map[string]Parameter {
	list := channel.Get("parameters")
	if list == nil || !r.Want(list, document.Object, "parameters") {
		return nil
	}
	parameters := map[string]Parameter{}
	for _, m := range list.Members {
		parameters[m.Key] = r.schemaParameter(r.Resolve(m.Value))
	}
	return parameters
}

// schemaParameter reads a parameter that is described by a schema.
func (r *reader) schemaParameter(n *document.Node) Parameter {
	described := r.Resolve(n.Get("schema"))
	p := Parameter{Node: n, Enum: described.Get("enum").Texts()}
	if c := described.Get("const"); c != nil && p.Enum == nil {
		p.Enum = []string{c.Text}
	}
	if preset := described.Get("default"); preset != nil {
		p.Fallback, p.Optional = preset.Text, true
	}
	return p
}
