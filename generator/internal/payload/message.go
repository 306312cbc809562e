package payload

import (
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/declared"
	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/generator/internal/model"
	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// asyncPayload makes the payload of one direction of an AsyncAPI operation. The direction that
// the operation does not describe takes the messages of the channel's other operations.
func (r *reader) asyncPayload(op *declared.Operation, d endpoint.Direction) *model.Payload {
	messages := op.Messages
	if op.Direction != d {
		var others []*declared.Message
		for _, o := range op.Siblings {
			if o.Direction == d {
				others = addMessages(others, o.Messages)
			}
		}
		if others != nil {
			messages = others
		}
	}
	p := &model.Payload{}
	for _, m := range messages {
		p.Messages = append(p.Messages, r.message(m))
	}
	if len(p.Messages) == 0 {
		p.Messages = []*model.Message{{Name: op.Name, Pos: op.Pos}}
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
func addMessages(list, more []*declared.Message) []*declared.Message {
	for _, m := range more {
		if !slices.ContainsFunc(list, func(known *declared.Message) bool { return known.Node == m.Node && known.Name == m.Name }) {
			list = append(list, m)
		}
	}
	return list
}

// message lowers one AsyncAPI message. JSON Schema payloads are JSON unless the document says
// otherwise.
func (r *reader) message(m *declared.Message) *model.Message {
	out := &model.Message{Name: m.Name, Pos: m.Node.Pos, Summary: declared.Summary(m.Node)}
	content := m.Node.Get("contentType")
	if content == nil {
		content = r.Doc.Root.Get("defaultContentType")
	}
	out.ContentType = declared.MediaType(content.Str())
	out.Headers = r.asyncSchema(m.Node.Get("headers"), "", m.Name+"Headers")
	format := ""
	if r.Doc.Format == document.AsyncAPI2 {
		format = m.Node.Get("schemaFormat").Str()
	}
	if out.ContentType == "" || isJSON(out.ContentType) {
		out.Schema = r.asyncSchema(m.Node.Get("payload"), format, m.Name)
	}
	if out.Schema != "" && out.ContentType == "" {
		out.ContentType = "application/json"
	}
	return out
}

// asyncSchema gives a payload or headers schema its name among the model's schemas; "" where
// there is none to check by.
func (r *reader) asyncSchema(n *document.Node, format, name string) string {
	if n == nil {
		return ""
	}
	target := r.Resolve(n)
	if wrapped := target.Get("schemaFormat"); wrapped != nil && r.Doc.Format == document.AsyncAPI3 {
		format, n = wrapped.Str(), target.Get("schema")
	}
	if n == nil || document.ForeignFormat(format) {
		return ""
	}
	return r.schemas.name(n, name, dialectOf(format))
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

// isJSON says whether a media type holds JSON texts.
func isJSON(media string) bool {
	switch media {
	case "application/json", "text/json", "application/x-ndjson", "application/ndjson", "application/jsonl", "application/json-seq":
		return true
	}
	return strings.HasSuffix(media, "+json")
}
