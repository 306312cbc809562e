package declared

import (
	"slices"
	"strconv"

	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// asyncAPI3 reads the operations of AsyncAPI 3.
func (r *reader) asyncAPI3() []*Operation {
	channels := r.Doc.Root.Get("channels")
	list := r.Doc.Root.Get("operations")
	if !r.Want(channels, document.Object, "channels") || !r.Want(list, document.Object, "operations") {
		return nil
	}
	names := map[*document.Node]string{}
	if channels != nil {
		for _, m := range channels.Members {
			r.beside(m.Value)
			if n := r.Resolve(m.Value); r.Want(n, document.Object, "a channel") && n != nil {
				names[n] = m.Key
				r.annotations(n, atChannel)
			}
		}
	}
	if list == nil {
		list = &document.Node{Kind: document.Object}
	}
	var all []*Operation
	for _, m := range list.Members {
		r.beside(m.Value)
		n := r.Resolve(m.Value)
		if n == nil || !r.Want(n, document.Object, "an operation") {
			continue
		}
		if op := r.operation3(m, n, names); op != nil {
			all = append(all, op)
		}
	}
	if channels != nil {
		for _, m := range channels.Members {
			r.unused(r.Resolve(m.Value), all)
		}
	}
	return all
}

// unused warns about a channel that has entrypoints and no operation.
func (r *reader) unused(channel *document.Node, all []*Operation) {
	a := channel.Member("x-kafka-entrypoints")
	if a != nil && !slices.ContainsFunc(all, func(op *Operation) bool { return op.Channel == channel }) {
		r.WarnKey(a, "no operation uses this channel: its entrypoints are not served")
	}
}

func (r *reader) operation3(m document.Member, n *document.Node, channels map[*document.Node]string) *Operation {
	n = r.Doc.WithTraits(n)
	op := r.operation(m.Key, m.KeyPos, n)
	op.Action = n.Get("action")
	switch op.Action.Str() {
	case "receive":
		op.Direction = endpoint.Publishing
	case "send":
		op.Direction = endpoint.Subscribing
	case "":
		r.Fail(n, "operation %q has no action: write send or receive", m.Key)
		return nil
	default:
		r.Fail(op.Action, "the action of operation %q must be send or receive, not %q", m.Key, op.Action.Str())
		return nil
	}
	reference := n.Get("channel")
	channel := r.Resolve(reference)
	if channel == nil && reference != nil {
		return nil // reported by the loader
	}
	if _, known := channels[channel]; !known {
		if reference == nil {
			reference = n
		}
		r.Fail(reference, "operation %q needs a reference to one of the channels of the root", m.Key)
		return nil
	}
	r.under(op, channel)
	op.Servers = r.serversOf(channel)
	op.Parameters = r.parameters3(channel)
	op.KafkaTopic = r.kafkaTopic(channel)
	if a := channel.Get("address"); a != nil && a.Kind != document.Null && r.Want(a, document.String, "address") {
		op.Address = a
	}
	op.Messages = r.messages3(op)
	return op
}

// parameters3 reads the parameters of a channel.
func (r *reader) parameters3(channel *document.Node) map[string]Parameter {
	list := channel.Get("parameters")
	if list == nil || !r.Want(list, document.Object, "parameters") {
		return nil
	}
	parameters := map[string]Parameter{}
	for _, m := range list.Members {
		n := r.Resolve(m.Value)
		preset := n.Get("default")
		parameters[m.Key] = Parameter{Node: n, Enum: n.Get("enum").Texts(), Fallback: preset.Str(), Optional: preset != nil}
	}
	return parameters
}

// kafkaTopic finds bindings.kafka.topic of a channel; nil where there is none.
func (r *reader) kafkaTopic(channel *document.Node) *document.Node {
	bindings := r.Resolve(channel.Get("bindings"))
	topic := r.Resolve(bindings.Get("kafka")).Get("topic")
	if topic == nil || !r.Want(topic, document.String, "topic") {
		return nil
	}
	return topic
}

// kafkaPartitions is bindings.kafka.partitions of a channel; 0 where it is not a number above 0,
// about which the official schema warns.
func (r *reader) kafkaPartitions(channel *document.Node) int32 {
	bindings := r.Resolve(channel.Get("bindings"))
	n := r.Resolve(bindings.Get("kafka")).Get("partitions")
	if n == nil || n.Kind != document.Number {
		return 0
	}
	count, err := strconv.ParseInt(n.Text, 10, 32)
	if err != nil || count < 1 {
		return 0
	}
	return int32(count)
}
