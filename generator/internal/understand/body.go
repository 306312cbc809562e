package understand

import (
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/declared"
	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/generator/internal/model"
	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// openAPIPayload makes the payload of one direction. What the operation does not describe
// itself, a websocket beside a GET for example, is taken from the other operations of the path.
func (b *builder) openAPIPayload(s *declared.Operation, d endpoint.Direction) *model.Payload {
	for _, o := range append([]*declared.Operation{s}, s.Siblings...) {
		var p *model.Payload
		if d == endpoint.Publishing {
			p = b.requestPayload(o)
		} else if o.Method == "GET" {
			p = b.answerPayload(o)
		}
		if p != nil {
			return p
		}
	}
	return &model.Payload{Messages: []*model.Message{{Name: s.Name, Pos: s.Pos}}}
}

// requestPayload reads the request body; nil where there is none.
func (b *builder) requestPayload(s *declared.Operation) *model.Payload {
	body := b.Resolve(s.Node.Get("requestBody"))
	content := body.Get("content")
	if content == nil || !b.Want(content, document.Object, "content") || len(content.Members) == 0 {
		return nil
	}
	p := &model.Payload{}
	anything := false
	for _, m := range content.Members {
		media := declared.MediaType(m.Key)
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
func (b *builder) answerPayload(s *declared.Operation) *model.Payload {
	p := &model.Payload{}
	for _, content := range s.Successes(b.Report) {
		for _, m := range content.Members {
			add(p, b.bodyMessage(s, m, declared.MediaType(m.Key), true))
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
	return n.Get("items") != nil && (kind.Str() == "array" || slices.Contains(kind.Texts(), "array"))
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
func (b *builder) bodyMessage(s *declared.Operation, m document.Member, media string, items bool) *model.Message {
	out := &model.Message{Name: s.Name, Pos: m.KeyPos, Summary: s.Summary, ContentType: media}
	if media == declared.EventStream || strings.Contains(media, "*") {
		out.ContentType = ""
	}
	described := m.Value.Get("schema")
	if media != declared.EventStream && !isJSON(media) && media != "*/*" || described == nil {
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
	out.Schema = b.schemas.name(described, s.Name+suffix, dialect)
	if name := document.ComponentName(described.Reference()); name != "" {
		out.Name = name
	}
	return out
}
