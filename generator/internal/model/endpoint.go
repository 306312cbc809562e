package model

import (
	"fmt"
	"maps"

	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/schema"
)

// rootEndpoint is the endpoint that the root defines, inherit switch applied.
type rootEndpoint struct {
	value  map[string]any
	layers layers
	names  []string // of endpoint and group; nil while nobody gave it one
	bad    bool
}

// rootEndpoint reads x-kafka-endpoint or x-kafka-endpoint-groups of the root. Without either
// the endpoint is empty and made by stronger annotations.
func (b *builder) rootEndpoint() *rootEndpoint {
	root := b.doc.Root
	groups := b.annotation(root, "x-kafka-endpoint-groups", schema.EndpointGroups)
	a := b.annotation(root, "x-kafka-endpoint", schema.EndpointPatch)
	r := &rootEndpoint{value: map[string]any{}, bad: groups != nil && a != nil}
	switch {
	case r.bad, a == nil && groups == nil:
		return r
	case groups != nil:
		return b.grouped(groups)
	}
	r.bad = a.bad
	r.value = schema.Effective(a.object(), nil)
	r.layers = layers{{node: a.node}}
	r.names = []string{endpointName(r.value)}
	if a.object()["inheritConfiguration"] == true {
		b.report(b.doc.Placed(a.node, "/inheritConfiguration", "inheritConfiguration is true, but the endpoint is in no group"))
	}
	return r
}

// grouped reads endpoint groups: one endpoint is served for now.
func (b *builder) grouped(a *annotation) *rootEndpoint {
	r := &rootEndpoint{value: map[string]any{}, bad: a.bad}
	groups, _ := a.value.([]any)
	seen := map[string]bool{}
	for i, item := range groups {
		g, _ := item.(map[string]any)
		endpoints, _ := g["endpoints"].([]any)
		for j, item := range endpoints {
			e, _ := item.(map[string]any)
			at := a.node.At(fmt.Sprintf("/%d/endpoints/%d", i, j))
			name := endpointName(e)
			if seen[name] {
				b.fail(at, "endpoint %q exists already: names are unique over all groups", name)
			}
			seen[name] = true
			if r.layers != nil {
				b.fail(at, "several endpoints are not served yet: keep one")
				continue
			}
			b.first(r, e, g, at, a.node.Items[i])
			group, _ := g["name"].(string)
			r.names = []string{name, group}
		}
	}
	return r
}

// first takes the only endpoint of a group.
func (b *builder) first(r *rootEndpoint, e, group map[string]any, at, groupNode *document.Node) {
	const shared = "/sharedConfigurationOverride"
	r.value = schema.Effective(e, group)
	r.layers = layers{{node: at}}
	if e["inheritConfiguration"] == true {
		r.layers = layers{{node: at, without: shared}, {node: groupNode, from: "/sharedConfiguration", to: shared}}
	}
}

func endpointName(value map[string]any) string {
	if name, ok := value["name"].(string); ok {
		return name
	}
	return "default"
}

// effective is the endpoint in force for one operation.
type effective struct {
	value  map[string]any
	layers layers
	// own is what channel and operation say: only they name topics more strongly than the
	// document itself does.
	own  map[string]any
	bad  bool
	none bool // nobody wrote an endpoint
}

// endpoint merges the endpoint of an operation: root < server < channel < operation.
func (b *builder) endpoint(s *source) *effective {
	e := &effective{value: b.root.value, layers: b.root.layers[:len(b.root.layers):len(b.root.layers)], own: map[string]any{}, bad: b.root.bad}
	names := b.root.names
	var patched *server
	for _, srv := range s.servers {
		if srv.endpoint == nil {
			continue
		}
		if patched != nil {
			b.fail(s.channel, "servers %q and %q both have an x-kafka-endpoint: name the one of this channel in its servers", patched.name, srv.name)
			break
		}
		patched = srv
		names = b.patch(e, srv.endpoint, names)
	}
	for _, holder := range []*document.Node{s.channel, s.node} {
		if a := b.annotation(holder, "x-kafka-endpoint", schema.EndpointPatch); a != nil {
			names = b.patch(e, a, names)
			e.own, _ = schema.Merge(e.own, a.object()).(map[string]any)
		}
	}
	e.none = len(e.layers) == 0
	return e
}

// patch merges one annotation into the endpoint. Its name picks what to patch.
func (b *builder) patch(e *effective, a *annotation, names []string) []string {
	e.bad = e.bad || a.bad
	patch := maps.Clone(a.object())
	if patch["inheritConfiguration"] == true {
		b.report(b.doc.Placed(a.node, "/inheritConfiguration", "inheritConfiguration is thrown at the endpoint of a group, not in a patch to it"))
	}
	name, named := patch["name"].(string)
	l := layer{node: a.node}
	if names == nil {
		names = []string{endpointName(patch)}
	} else if named {
		known := false
		for _, n := range names {
			known = known || n == name
		}
		if !known {
			message := fmt.Sprintf("there is no endpoint or group %q", name)
			if near, ok := schema.Suggest(name, names); ok {
				message += fmt.Sprintf(": did you mean %q?", near)
			}
			b.report(b.doc.Placed(a.node, "/name", message))
			return names
		}
		delete(patch, "name")
		l.without = "/name"
	}
	e.value, _ = schema.Merge(e.value, patch).(map[string]any)
	e.layers = append(e.layers, l)
	return names
}
