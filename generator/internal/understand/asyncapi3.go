package understand

import (
	"slices"
	"strconv"

	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/schema"
)

// asyncAPI3 reads the operations of AsyncAPI 3.
func (b *builder) asyncAPI3() []*source {
	channels := b.Doc.Root.Get("channels")
	list := b.Doc.Root.Get("operations")
	if !b.Want(channels, document.Object, "channels") || !b.Want(list, document.Object, "operations") {
		return nil
	}
	names := map[*document.Node]string{}
	if channels != nil {
		for _, m := range channels.Members {
			b.beside(m.Value)
			if n := b.Resolve(m.Value); b.Want(n, document.Object, "a channel") && n != nil {
				names[n] = m.Key
				b.channel(n)
			}
		}
	}
	if list == nil {
		list = &document.Node{Kind: document.Object}
	}
	var all []*source
	for _, m := range list.Members {
		b.beside(m.Value)
		n := b.Resolve(m.Value)
		if n == nil || !b.Want(n, document.Object, "an operation") {
			continue
		}
		if s := b.operation3(m, n, names); s != nil {
			all = append(all, s)
		}
	}
	relate(all)
	for _, m := range members(channels) {
		b.unused(b.Resolve(m.Value), all)
	}
	return all
}

// unused warns about a channel that has entrypoints and no operation.
func (b *builder) unused(channel *document.Node, all []*source) {
	a := channel.Member("x-kafka-entrypoints")
	if a != nil && !slices.ContainsFunc(all, func(s *source) bool { return s.channel == channel }) {
		b.WarnKey(a, "no operation uses this channel: its entrypoints are not served")
	}
}

// channel checks the annotations of a channel or path item.
func (b *builder) channel(n *document.Node) {
	b.place(n, "channel")
	b.annotation(n, "x-kafka-endpoint", schema.EndpointPatch)
	b.annotation(n, "x-kafka-entrypoints", schema.Entrypoints)
	b.annotation(n, "x-kafka-attributes", schema.Attributes)
	b.annotation(n, "x-kafka-allow", schema.Allow)
}

// annotated checks the annotations of an operation.
func (b *builder) annotated(n *document.Node) {
	b.place(n, "operation")
	b.annotation(n, "x-kafka-endpoint", schema.EndpointPatch)
	b.annotation(n, "x-kafka-entrypoints", schema.Entrypoints)
	b.annotation(n, "x-kafka-attributes", schema.Attributes)
	b.annotation(n, "x-kafka-allow", schema.Allow)
}

func (b *builder) operation3(m document.Member, n *document.Node, channels map[*document.Node]string) *source {
	n = b.Doc.WithTraits(n)
	b.annotated(n)
	s := &source{name: m.Key, node: n, pos: m.KeyPos, action: n.Get("action")}
	switch s.action.Str() {
	case "receive":
		s.direction = endpoint.Publishing
	case "send":
		s.direction = endpoint.Subscribing
	default:
		b.Fail(n, "operation %q has no action: write send or receive", m.Key)
		return nil
	}
	reference := n.Get("channel")
	s.channel = b.Resolve(reference)
	if s.channel == nil && reference != nil {
		return nil // reported by the loader
	}
	if _, known := channels[s.channel]; !known {
		if reference == nil {
			reference = n
		}
		b.Fail(reference, "operation %q needs a reference to one of the channels of the root", m.Key)
		return nil
	}
	s.servers = b.serversOf(s.channel)
	s.parameters = b.parameters3(s.channel)
	s.topic = b.kafkaTopic(s.channel)
	if a := s.channel.Get("address"); a != nil && a.Kind != document.Null && b.Want(a, document.String, "address") {
		s.address = a
	}
	s.messages = b.messages3(s)
	return s
}

// parameters3 reads the parameters of a channel.
func (b *builder) parameters3(channel *document.Node) map[string]parameter {
	list := channel.Get("parameters")
	if list == nil || !b.Want(list, document.Object, "parameters") {
		return nil
	}
	parameters := map[string]parameter{}
	for _, m := range list.Members {
		n := b.Resolve(m.Value)
		preset := n.Get("default")
		parameters[m.Key] = parameter{node: n, enum: texts(n.Get("enum")), fallback: preset.Str(), optional: preset != nil}
	}
	return parameters
}

// kafkaTopic finds bindings.kafka.topic of a channel; nil where there is none.
func (b *builder) kafkaTopic(channel *document.Node) *document.Node {
	bindings := b.Resolve(channel.Get("bindings"))
	topic := b.Resolve(bindings.Get("kafka")).Get("topic")
	if topic == nil || !b.Want(topic, document.String, "topic") {
		return nil
	}
	return topic
}

// kafkaPartitions is bindings.kafka.partitions of a channel; 0 where it is not a number above 0,
// about which the official schema warns.
func (b *builder) kafkaPartitions(channel *document.Node) int32 {
	bindings := b.Resolve(channel.Get("bindings"))
	n := b.Resolve(bindings.Get("kafka")).Get("partitions")
	if n == nil || n.Kind != document.Number {
		return 0
	}
	count, err := strconv.ParseInt(n.Text, 10, 32)
	if err != nil || count < 1 {
		return 0
	}
	return int32(count)
}
