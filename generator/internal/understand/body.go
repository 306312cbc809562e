package understand

import (
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/generator/internal/model"
	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// openAPIPayload makes the payload of one direction. What the operation does not describe
// itself, a websocket beside a GET for example, is taken from the other operations of the path.
func (b *builder) openAPIPayload(s *source, d endpoint.Direction) *model.Payload {
	for _, o := range append([]*source{s}, s.siblings...) {
		var p *model.Payload
		if d == endpoint.Publishing {
			p = b.requestPayload(o)
		} else if o.method == "GET" {
			p = b.answerPayload(o)
		}
		if p != nil {
			return p
		}
	}
	return &model.Payload{Messages: []*model.Message{{Name: s.name, Pos: s.pos}}}
}

// requestPayload reads the request body; nil where there is none.
func (b *builder) requestPayload(s *source) *model.Payload {
	body := b.Resolve(s.node.Get("requestBody"))
	content := body.Get("content")
	if content == nil || !b.Want(content, document.Object, "content") || len(content.Members) == 0 {
		return nil
	}
	p := &model.Payload{}
	anything := false
	for _, m := range content.Members {
		media := mediaType(m.Key)
		add(p, b.bodyMessage(s, m, media, false))
		if strings.Contains(media, "*") {
			anything = true
		}
		if !slices.Contains(p.ContentTypes, media) {
			p.ContentTypes = append(p.ContentTypes, media)
		}
	}
	if anything {
		p.ContentTypes = nil
	}
	return p
}

// answerPayload reads the 2xx answers: the schema of one message is that of the items where
// the answer is an array.
func (b *builder) answerPayload(s *source) *model.Payload {
	p := &model.Payload{}
	for _, content := range b.successes(s) {
		for _, m := range content.Members {
			add(p, b.bodyMessage(s, m, mediaType(m.Key), true))
		}
	}
	if len(p.Messages) == 0 {
		return nil
	}
	return p
}

// isArray says whether a schema describes lists whose items have a schema.
func isArray(n *document.Node) bool {
	kind := n.Get("type")
	return n.Get("items") != nil && (kind.Str() == "array" || slices.Contains(texts(kind), "array"))
}

// add adds a message; a payload keeps one for each schema.
func add(p *model.Payload, m *model.Message) {
	for _, other := range p.Messages {
		if other.Schema == m.Schema {
			return
		}
	}
	p.Messages = append(p.Messages, m)
}

// bodyMessage makes a message of one media type of a body.
func (b *builder) bodyMessage(s *source, m document.Member, media string, items bool) *model.Message {
	out := &model.Message{Name: s.name, Pos: m.KeyPos, Summary: summary(s.node), ContentType: media}
	if media == eventStream || strings.Contains(media, "*") {
		out.ContentType = ""
	}
	described := m.Value.Get("schema")
	if media != eventStream && !isJSON(media) && media != "*/*" || described == nil {
		return out
	}
	if items {
		if target := b.Resolve(described); isArray(target) {
			described = target.Get("items")
		}
	}
	suffix := "Request"
	if items {
		suffix = "Item"
	}
	dialect := model.OpenAPI30
	if b.Doc.Format == document.OpenAPI31 {
		dialect = model.Draft2020
	}
	out.Schema = b.schemas.name(described, s.name+suffix, dialect)
	if name := componentName(described.Reference()); name != "" {
		out.Name = name
	}
	return out
}
