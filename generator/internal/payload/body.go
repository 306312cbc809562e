package payload

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
func (r *reader) openAPIPayload(op *declared.Operation, d endpoint.Direction) *model.Payload {
	for _, o := range append([]*declared.Operation{op}, op.Siblings...) {
		var p *model.Payload
		if d == endpoint.Publishing {
			p = r.requestPayload(o)
		} else if o.Method == "GET" {
			p = r.answerPayload(o)
		}
		if p != nil {
			return p
		}
	}
	return &model.Payload{Messages: []*model.Message{{Name: op.Name, Pos: op.Pos}}}
}

// requestPayload reads the request body; nil where there is none.
func (r *reader) requestPayload(op *declared.Operation) *model.Payload {
	body := r.Resolve(op.Node.Get("requestBody"))
	content := body.Get("content")
	if content == nil || !r.Want(content, document.Object, "content") || len(content.Members) == 0 {
		return nil
	}
	p := &model.Payload{}
	anything := false
	for _, m := range content.Members {
		media := declared.MediaType(m.Key)
		add(p, r.bodyMessage(op, m, media, false))
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
func (r *reader) answerPayload(op *declared.Operation) *model.Payload {
	p := &model.Payload{}
	for _, content := range op.Successes(r.Report) {
		for _, m := range content.Members {
			add(p, r.bodyMessage(op, m, declared.MediaType(m.Key), true))
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
func (r *reader) bodyMessage(op *declared.Operation, m document.Member, media string, items bool) *model.Message {
	out := &model.Message{Name: op.Name, Pos: m.KeyPos, Summary: op.Summary, ContentType: media}
	if media == declared.EventStream || strings.Contains(media, "*") {
		out.ContentType = ""
	}
	described := m.Value.Get("schema")
	if media != declared.EventStream && !isJSON(media) && media != "*/*" || described == nil {
		return out
	}
	if items {
		if target := r.Resolve(described); isArray(target) {
			described = target.Get("items")
		}
	}
	suffix := "Request"
	if items {
		suffix = "Item"
	}
	dialect := model.OpenAPI30
	if r.Doc.Format == document.OpenAPI31 {
		dialect = model.Draft2020
	}
	out.Schema = r.schemas.name(described, op.Name+suffix, dialect)
	if name := document.ComponentName(described.Reference()); name != "" {
		out.Name = name
	}
	return out
}
