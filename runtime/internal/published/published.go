// Package published changes the documents that an api publishes about itself where the
// configuration changes what is served: base path, paths, entrypoints that are switched off.
package published

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// Route is where a document has an entrypoint, and where it is served.
type Route struct {
	Kind   endpoint.Kind
	Method string
	Before string // path in the document, without a base path
	After  string // path that is served, without the base path; "" when it is switched off
}

// Base is the base path of the document and the one that is served.
type Base struct{ Before, After string }

// Changed says whether anything is served otherwise than the document says.
func Changed(base Base, routes []Route) bool {
	if base.Before != base.After {
		return true
	}
	for _, r := range routes {
		if r.Before != r.After {
			return true
		}
	}
	return false
}

// object is a JSON object.
type object = map[string]any

// errShape says that a document is not what the generator writes.
var errShape = errors.New("the document has not the expected form")

// OpenAPI changes an OpenAPI document whose paths are relative to its only server.
func OpenAPI(text []byte, base Base, routes []Route) ([]byte, error) {
	doc, err := decode(text)
	if err != nil {
		return nil, fmt.Errorf("openapi.json: %w", err)
	}
	before, ok := doc["paths"].(object)
	if !ok {
		return nil, fmt.Errorf("openapi.json: paths: %w", errShape)
	}
	after := object{}
	for _, r := range routes {
		if r.After == "" {
			continue
		}
		method := strings.ToLower(r.Method)
		item, _ := before[r.Before].(object)
		described, ok := item[method].(object)
		if !ok {
			return nil, fmt.Errorf("openapi.json: %s %s: %w", r.Method, r.Before, errShape)
		}
		target, ok := after[r.After].(object)
		if !ok {
			target = object{}
			after[r.After] = target
		}
		if target[method] == nil {
			target[method] = only(described, kindsAt(routes, r))
		}
	}
	doc["paths"] = after
	doc["servers"] = []any{object{"url": base.After}}
	return json.Marshal(doc)
}

// kindsAt lists the kinds that are served at the place of a route.
func kindsAt(routes []Route, at Route) map[endpoint.Kind]bool {
	kinds := map[endpoint.Kind]bool{}
	for _, r := range routes {
		if r.After == at.After && r.Method == at.Method {
			kinds[r.Kind] = true
		}
	}
	return kinds
}

// media are the types of a 200 that belong to one kind of entrypoint.
var media = map[endpoint.Kind][]string{
	endpoint.SSE:     {"text/event-stream"},
	endpoint.HTTPGet: {"application/json", "application/xml", "text/plain"},
}

// only copies an operation without the answers of entrypoints that are not there.
func only(described object, kinds map[endpoint.Kind]bool) object {
	responses := clone(described["responses"])
	if !kinds[endpoint.WebSocket] {
		delete(responses, "101")
	}
	if kinds[endpoint.HTTPPost] || responses["200"] == nil {
		return with(described, "responses", responses)
	}
	if !kinds[endpoint.SSE] && !kinds[endpoint.HTTPGet] {
		delete(responses, "200")
		return with(described, "responses", responses)
	}
	good := clone(responses["200"])
	content := clone(good["content"])
	for kind, types := range media {
		for _, name := range types {
			if !kinds[kind] {
				delete(content, name)
			}
		}
	}
	good["content"], responses["200"] = content, good
	return with(described, "responses", responses)
}

// AsyncAPI changes an AsyncAPI document, whose addresses hold the base path. A channel without
// an entrypoint goes, with its operations.
func AsyncAPI(text []byte, base Base, routes []Route) ([]byte, error) {
	doc, err := decode(text)
	if err != nil {
		return nil, fmt.Errorf("asyncapi.json: %w", err)
	}
	channels, ok := doc["channels"].(object)
	if !ok {
		return nil, fmt.Errorf("asyncapi.json: channels: %w", errShape)
	}
	operations := clone(doc["operations"])
	kept := object{}
	for name, value := range channels {
		channel := clone(value)
		r, ok := find(routes, base.Before, name, channel["address"])
		if ok && r.After != "" {
			channel["address"] = strings.TrimRight(base.After, "/") + r.After
			kept[name] = channel
			continue
		}
		for _, action := range []string{"-send", "-receive"} {
			delete(operations, name+action)
		}
	}
	doc["channels"], doc["operations"] = kept, operations
	return json.Marshal(doc)
}

// find finds the entrypoint of a channel: by its address, and by its kind.
func find(routes []Route, base, name string, address any) (Route, bool) {
	for _, r := range routes {
		if strings.TrimRight(base, "/")+r.Before == address && r.Kind == kindOf(name) {
			return r, true
		}
	}
	return Route{}, false
}

// kindOf is the kind of a channel: the name ends with it, but for a number that keeps names apart.
// Before it stands the operation, whose name may have a kind in it, too.
func kindOf(name string) endpoint.Kind {
	if strings.LastIndex(name, "-"+string(endpoint.SSE)) > strings.LastIndex(name, "-"+string(endpoint.WebSocket)) {
		return endpoint.SSE
	}
	return endpoint.WebSocket
}

func decode(text []byte) (object, error) {
	var doc object
	err := json.Unmarshal(text, &doc)
	return doc, err
}

// clone copies an object, one level deep; what is none becomes an empty one.
func clone(value any) object {
	from, _ := value.(object)
	out := make(object, len(from))
	for name, member := range from {
		out[name] = member
	}
	return out
}

func with(from object, name string, value any) object {
	out := clone(from)
	out[name] = value
	return out
}
