package understand

import (
	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// asyncAPI2 reads the operations of AsyncAPI 2: publish and subscribe of each channel, whose
// key is its address.
func (b *builder) asyncAPI2() []*source {
	channels := b.Doc.Root.Get("channels")
	if channels == nil || !b.Want(channels, document.Object, "channels") {
		return nil
	}
	var all []*source
	for _, m := range channels.Members {
		b.beside(m.Value)
		channel := b.Resolve(m.Value)
		if channel == nil || !b.Want(channel, document.Object, "a channel") {
			continue
		}
		b.channel(channel)
		address := &document.Node{Kind: document.String, Text: m.Key, Pos: m.KeyPos}
		for _, member := range channel.Members {
			if member.Key != "publish" && member.Key != "subscribe" {
				continue
			}
			if s := b.operation2(address, channel, member); s != nil {
				all = append(all, s)
			}
		}
	}
	relate(all)
	return all
}

func (b *builder) operation2(address, channel *document.Node, m document.Member) *source {
	n := b.Resolve(m.Value)
	if n == nil || !b.Want(n, document.Object, m.Key) {
		return nil
	}
	n = b.Doc.WithTraits(n)
	b.annotated(n)
	s := &source{
		name: n.Get("operationId").Str(), node: n, pos: m.KeyPos, channel: channel,
		direction: endpoint.Publishing, action: &document.Node{Kind: document.String, Text: m.Key, Pos: m.KeyPos},
		address: address, topic: b.kafkaTopic(channel),
		parameters: b.parameters2(channel), servers: b.serversOf(channel),
	}
	if s.name == "" {
		s.name = m.Key + " " + address.Text
	}
	if m.Key == "subscribe" {
		s.direction = endpoint.Subscribing
	}
	s.messages = b.messages2(s)
	return s
}

// parameters2 reads the parameters of a channel, whose values have a schema.
func (b *builder) parameters2(channel *document.Node) map[string]parameter {
	list := channel.Get("parameters")
	if list == nil || !b.Want(list, document.Object, "parameters") {
		return nil
	}
	parameters := map[string]parameter{}
	for _, m := range list.Members {
		parameters[m.Key] = b.schemaParameter(b.Resolve(m.Value))
	}
	return parameters
}

// schemaParameter reads a parameter that is described by a schema.
func (b *builder) schemaParameter(n *document.Node) parameter {
	described := b.Resolve(n.Get("schema"))
	p := parameter{node: n, enum: texts(described.Get("enum"))}
	if c := described.Get("const"); c != nil && p.enum == nil {
		p.enum = []string{c.Text}
	}
	if preset := described.Get("default"); preset != nil {
		p.fallback, p.optional = preset.Text, true
	}
	return p
}
