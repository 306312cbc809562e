package understand

import (
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/generator/internal/model"
	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// message is one message as AsyncAPI describes it.
type message struct {
	name string
	node *document.Node // traits applied
}

// messages3 lists the messages of an operation: those that it refers to, else all of its
// channel.
func (b *builder) messages3(s *source) []*message {
	own := s.channel.Get("messages")
	if own == nil || !b.Want(own, document.Object, "messages") {
		own = &document.Node{Kind: document.Object}
	}
	var all []*message
	for _, m := range own.Members {
		if n := b.Resolve(m.Value); n != nil && b.Want(n, document.Object, "a message") {
			all = append(all, &message{m.Key, n})
		}
	}
	list := s.node.Get("messages")
	if list == nil || !b.Want(list, document.Array, "messages") {
		return b.traited(all)
	}
	var picked []*message
	for _, item := range list.Items {
		n := b.Resolve(item)
		if n == nil {
			continue // reported by the loader
		}
		i := slices.IndexFunc(all, func(m *message) bool { return m.node == n })
		if i < 0 {
			b.Fail(item, "operation %q names a message that does not stand under messages of its channel", s.name)
			continue
		}
		picked = append(picked, b.keyed(item, all, i))
	}
	return b.traited(picked)
}

// keyed picks the message that a reference names by its key, as two keys of a channel may
// stand for the same message.
func (b *builder) keyed(reference *document.Node, all []*message, i int) *message {
	members := strings.Split(reference.Reference(), "/")
	for _, m := range all {
		if m.node == all[i].node && document.Join("", m.name) == "/"+members[len(members)-1] {
			return m
		}
	}
	return all[i]
}

func (b *builder) traited(list []*message) []*message {
	done := make([]*message, len(list))
	for i, m := range list {
		done[i] = &message{m.name, b.Doc.WithTraits(m.node)}
	}
	return done
}

// messages2 lists the messages of a 2.x operation: one, or the alternatives of oneOf.
func (b *builder) messages2(s *source) []*message {
	written := s.node.Get("message")
	n := b.Resolve(written)
	if n == nil || !b.Want(n, document.Object, "message") {
		return nil
	}
	alternatives := []*document.Node{written}
	if one := n.Get("oneOf"); one != nil && b.Want(one, document.Array, "oneOf") {
		alternatives = one.Items
	}
	var list []*message
	for _, a := range alternatives {
		if n := b.Resolve(a); n != nil && b.Want(n, document.Object, "a message") {
			n = b.Doc.WithTraits(n)
			list = append(list, &message{messageName(a, n, s.name), n})
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
	if name := componentName(written.Reference()); name != "" {
		return name
	}
	return operation
}

// asyncPayload makes the payload of one direction of an AsyncAPI operation. The direction that
// the operation does not describe takes the messages of the channel's other operations.
func (b *builder) asyncPayload(s *source, d endpoint.Direction) *model.Payload {
	messages := s.messages
	if s.direction != d {
		var others []*message
		for _, o := range s.siblings {
			if o.direction == d {
				others = addMessages(others, o.messages)
			}
		}
		if others != nil {
			messages = others
		}
	}
	p := &model.Payload{}
	for _, m := range messages {
		p.Messages = append(p.Messages, b.message(m))
	}
	if len(p.Messages) == 0 {
		p.Messages = []*model.Message{{Name: s.name, Pos: s.pos}}
	}
	for _, m := range p.Messages {
		if m.ContentType == "" {
			p.ContentTypes = nil
			break
		}
		if !slices.Contains(p.ContentTypes, m.ContentType) {
			p.ContentTypes = append(p.ContentTypes, m.ContentType)
		}
	}
	return p
}

// addMessages appends the messages that are not in the list yet.
func addMessages(list, more []*message) []*message {
	for _, m := range more {
		if !slices.ContainsFunc(list, func(known *message) bool { return known.node == m.node && known.name == m.name }) {
			list = append(list, m)
		}
	}
	return list
}

// message lowers one AsyncAPI message. JSON Schema payloads are JSON unless the document says
// otherwise.
func (b *builder) message(m *message) *model.Message {
	out := &model.Message{Name: m.name, Pos: m.node.Pos, Summary: summary(m.node)}
	content := m.node.Get("contentType")
	if content == nil {
		content = b.Doc.Root.Get("defaultContentType")
	}
	out.ContentType = mediaType(content.Str())
	out.Headers = b.asyncSchema(m.node.Get("headers"), "", m.name+"Headers")
	format := ""
	if b.Doc.Format == document.AsyncAPI2 {
		format = m.node.Get("schemaFormat").Str()
	}
	if out.ContentType == "" || isJSON(out.ContentType) {
		out.Schema = b.asyncSchema(m.node.Get("payload"), format, m.name)
	}
	if out.Schema != "" && out.ContentType == "" {
		out.ContentType = "application/json"
	}
	return out
}

// asyncSchema gives a payload or headers schema its name among the model's schemas; "" where
// there is none to check by.
func (b *builder) asyncSchema(n *document.Node, format, name string) string {
	if n == nil {
		return ""
	}
	target := b.Resolve(n)
	if wrapped := target.Get("schemaFormat"); wrapped != nil && b.Doc.Format == document.AsyncAPI3 {
		format, n = wrapped.Str(), target.Get("schema")
	}
	if n == nil || document.ForeignFormat(format) {
		return ""
	}
	return b.schemas.name(n, name, dialectOf(format))
}

// dialectOf reads the dialect from a schemaFormat that is JSON Schema.
func dialectOf(format string) model.Dialect {
	format = strings.ToLower(format)
	switch {
	case strings.HasPrefix(format, "application/vnd.oai.openapi") && strings.Contains(format, "version=3.0"):
		return model.OpenAPI30
	case strings.HasPrefix(format, "application/vnd.oai.openapi"),
		strings.Contains(format, "2020-12"), strings.Contains(format, "2019-09"):
		return model.Draft2020
	}
	return model.Draft07
}

// mediaType is a media type in lower case, without parameters.
func mediaType(text string) string {
	media, _, _ := strings.Cut(text, ";")
	return strings.ToLower(strings.TrimSpace(media))
}

// isJSON says whether a media type holds JSON texts.
func isJSON(media string) bool {
	switch media {
	case "application/json", "text/json", "application/x-ndjson", "application/ndjson", "application/jsonl", "application/json-seq":
		return true
	}
	return strings.HasSuffix(media, "+json")
}

// summary is the summary of an object, else its title.
func summary(n *document.Node) string {
	if text := n.Get("summary").Str(); text != "" {
		return text
	}
	return n.Get("title").Str()
}

// componentName is the last part of a reference into components; "" for other references.
func componentName(reference string) string {
	_, pointer, _ := strings.Cut(reference, "#")
	members := document.Split(pointer)
	if len(members) == 3 && members[0] == "components" {
		return members[2]
	}
	return ""
}
