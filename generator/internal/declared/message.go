package declared

import (
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/document"
)

// Message is one message as AsyncAPI describes it.
type Message struct {
	Name string
	Node *document.Node // traits applied
}

// messages3 lists the messages of an operation: those that it refers to, else all of its
// channel.
func (r *reader) messages3(op *Operation) []*Message {
	own := op.Channel.Get("messages")
	if own == nil || !r.Want(own, document.Object, "messages") {
		own = &document.Node{Kind: document.Object}
	}
	var all []*Message
	for _, m := range own.Members {
		if n := r.Resolve(m.Value); n != nil && r.Want(n, document.Object, "a message") {
			all = append(all, &Message{m.Key, n})
		}
	}
	list := op.Node.Get("messages")
	if list == nil || !r.Want(list, document.Array, "messages") {
		return r.traited(all)
	}
	var picked []*Message
	for _, item := range list.Items {
		n := r.Resolve(item)
		if n == nil {
			continue // reported by the loader
		}
		i := slices.IndexFunc(all, func(m *Message) bool { return m.Node == n })
		if i < 0 {
			r.Fail(item, "operation %q names a message that does not stand under messages of its channel", op.Name)
			continue
		}
		picked = append(picked, r.keyed(item, all, i))
	}
	return r.traited(picked)
}

// keyed picks the message that a reference names by its key, as two keys of a channel may
// stand for the same message.
func (r *reader) keyed(reference *document.Node, all []*Message, i int) *Message {
	members := strings.Split(reference.Reference(), "/")
	for _, m := range all {
		if m.Node == all[i].Node && document.Join("", m.Name) == "/"+members[len(members)-1] {
			return m
		}
	}
	return all[i]
}

func (r *reader) traited(list []*Message) []*Message {
	done := make([]*Message, len(list))
	for i, m := range list {
		done[i] = &Message{m.Name, r.Doc.WithTraits(m.Node)}
	}
	return done
}

// messages2 lists the messages of a 2.x operation: one, or the alternatives of oneOf.
func (r *reader) messages2(op *Operation) []*Message {
	written := op.Node.Get("message")
	n := r.Resolve(written)
	if n == nil || !r.Want(n, document.Object, "message") {
		return nil
	}
	alternatives := []*document.Node{written}
	if one := n.Get("oneOf"); one != nil && r.Want(one, document.Array, "oneOf") {
		alternatives = one.Items
	}
	var list []*Message
	for _, a := range alternatives {
		if n := r.Resolve(a); n != nil && r.Want(n, document.Object, "a message") {
			n = r.Doc.WithTraits(n)
			list = append(list, &Message{messageName(a, n, op.Name), n})
		}
	}
	return list
}

// messageName is the name of a 2.x message: its messageId or name, the component it stands
// under, else that of the operation.
func messageName(written, n *document.Node, operation string) string {
	for _, key := range []string{"messageId", "name"} {
		if name := n.Get(key).Str(); name != "" {
			return name
		}
	}
	if name := document.ComponentName(written.Reference()); name != "" {
		return name
	}
	return operation
}

// MediaType is a media type in lower case, without parameters.
func MediaType(text string) string {
	media, _, _ := strings.Cut(text, ";")
	return strings.ToLower(strings.TrimSpace(media))
}
