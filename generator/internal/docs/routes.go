package docs

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/dialect"
	"github.com/penstock-dev/penstock/generator/internal/model"
	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// ndjson is the media type of bodies with one message a line; the gateway takes it wherever it
// takes JSON.
const ndjson = "application/x-ndjson"

// post describes a publisher.
func (w *writer) post(out *operation, op *model.Operation, e *model.Entrypoint) {
	schema := w.payload(op.Publish)
	content := map[string]any{}
	for _, media := range op.Publish.ContentTypes {
		content[media] = map[string]any{"schema": schema}
	}
	if op.Publish.ContentTypes == nil {
		content["*/*"] = map[string]any{}
	}
	lines := op.Publish.ContentTypes == nil || slices.ContainsFunc(op.Publish.ContentTypes, isJSON)
	if lines {
		content[ndjson] = map[string]any{"schema": schema}
	}
	out.RequestBody = map[string]any{"required": e.Config["tombstone"] != true, "content": content}
	out.Parameters = append(out.Parameters, w.headers(op.Publish)...)
	out.problems("400", "404", "413", "415", "429", "500", "503")

	answer := map[string]any{"type": "object"}
	if level(e) == endpoint.None {
		out.Responses["202"] = map[string]any{"description": "The message is on its way. There is no receipt."}
	} else {
		answer = map[string]any{"$ref": dialect.RefPrefix + "Receipt"}
		out.parameter("prefer")
		out.problems("502", "504")
		out.Responses["202"] = map[string]any{
			"description": "The message is in Kafka.",
			"content":     map[string]any{"application/json": map[string]any{"schema": answer}},
		}
	}
	if lines {
		out.Responses["200"] = map[string]any{
			"description": "One line for each line of an " + ndjson + " body, in the same order: a receipt or a problem.",
			"content": map[string]any{ndjson: map[string]any{"schema": map[string]any{
				"anyOf": []any{answer, map[string]any{"$ref": dialect.RefPrefix + "Problem"}},
			}}},
		}
	}
}

func isJSON(media string) bool {
	return media == "application/json" || strings.HasSuffix(media, "+json") || media == ndjson
}

// headers describes request headers: the properties of the headers schema of a lone message.
func (w *writer) headers(p *model.Payload) []any {
	if len(p.Messages) != 1 || p.Messages[0].Headers == "" {
		return nil
	}
	schema, _ := w.component(p.Messages[0].Headers).(map[string]any)
	properties, _ := schema["properties"].(map[string]any)
	required, _ := schema["required"].([]any)
	var out []any
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if slices.Contains([]string{"Accept", "Authorization", "Content-Type"}, http.CanonicalHeaderKey(name)) {
			continue // OpenAPI says these by other means
		}
		parameter := map[string]any{"name": name, "in": "header", "schema": properties[name]}
		if slices.Contains(required, any(name)) {
			parameter["required"] = true
		}
		out = append(out, parameter)
	}
	return out
}

// get describes a page of records.
func (w *writer) get(out *operation, op *model.Operation, e *model.Entrypoint) {
	item := map[string]any{"content": nullable(w.payload(op.Subscribe)), "encoding": map[string]any{
		"type": "string", "const": "base64", "description": "The content is bytes that are not UTF-8.",
	}}
	page := map[string]any{"error": map[string]any{"$ref": dialect.RefPrefix + "Problem"}}
	required := []string{"content"}
	out.parameter("limit")
	if level(e).IDs() {
		out.parameter("cursor")
		out.problems("410")
		item["id"] = map[string]any{"type": "string"}
		required = []string{"id", "content"}
		page["pagination"] = map[string]any{
			"type": "object", "required": []string{"nextCursor"},
			"properties": map[string]any{"nextCursor": map[string]any{"type": "string"}, "limit": map[string]any{"type": "integer"}},
		}
	}
	if level(e) == endpoint.AtLeastOnce {
		out.parameter("ack")
	}
	if level(e).Group() {
		out.parameter("clientIdentifier")
		out.problems("409")
	}
	if e.Config["headersInPayload"] == true {
		item["headers"] = headerLists
	}
	if e.Config["metadataInPayload"] == true {
		item["metadata"] = map[string]any{"$ref": dialect.RefPrefix + "Metadata"}
	}
	page["items"] = map[string]any{
		"type": "array", "items": map[string]any{"type": "object", "required": required, "properties": item},
	}
	text := map[string]any{"schema": map[string]any{"type": "string"}}
	out.problems("400", "404", "406", "429", "500", "503", "504")
	out.Responses["200"] = map[string]any{
		"description": "A page of records.",
		"content": map[string]any{
			"application/json": map[string]any{"schema": map[string]any{"type": "object", "required": []string{"items"}, "properties": page}},
			"application/xml":  text,
			"text/plain":       text,
		},
	}
}

// headerLists is the schema of record headers: name → list of values.
var headerLists = map[string]any{
	"type": "object", "additionalProperties": map[string]any{"type": "array", "items": map[string]any{"type": "string"}},
}

// nullable admits null, which a tombstone is.
func nullable(schema any) any {
	if object, ok := schema.(map[string]any); ok && len(object) == 0 {
		return schema
	}
	return map[string]any{"anyOf": []any{schema, map[string]any{"type": "null"}}}
}

// sse describes an event stream. By custom the schema is that of the data of one event.
func (w *writer) sse(out *operation, op *model.Operation, e *model.Entrypoint) {
	if level(e).IDs() {
		out.parameter("lastEventID", "cursor")
	}
	if level(e).Group() {
		out.parameter("clientIdentifier")
	}
	name := "message"
	if len(op.Subscribe.Messages) == 1 {
		name = op.Subscribe.Messages[0].Name
	}
	out.problems("400", "404", "406", "429", "500", "503")
	out.Responses["200"] = map[string]any{
		"description": fmt.Sprintf("One event of the name %q for each record.", name),
		"content":     map[string]any{"text/event-stream": map[string]any{"schema": nullable(w.payload(op.Subscribe))}},
	}
}

// socket describes the handshake of a WebSocket; its messages are in the AsyncAPI document.
func (w *writer) socket(out *operation, e *model.Entrypoint) {
	out.Description = strings.TrimSpace(out.Description + "\n\nOpens a WebSocket. Its messages are described by asyncapi.json. " +
		"The subprotocol penstock.v1 wraps them in JSON frames with receipts and ids.")
	out.Parameters = append(out.Parameters, map[string]any{
		"name": "Sec-WebSocket-Protocol", "in": "header", "schema": map[string]any{"type": "string", "enum": []string{"penstock.v1"}},
	})
	if e.Subscribes && level(e).IDs() {
		out.parameter("cursor")
		out.problems("410")
	}
	if e.Subscribes && level(e).Group() {
		out.parameter("clientIdentifier")
	}
	out.problems("400", "403", "404", "426", "429", "500", "503")
	out.Responses["101"] = map[string]any{"description": "The WebSocket is open."}
}
