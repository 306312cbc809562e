package understand

import (
	"maps"

	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/schema"
)

// effective is one endpoint in force for an operation.
type effective struct {
	name   string
	value  map[string]any
	layers layers
	// own is what channel and operation say: only they name topics more strongly than the
	// document itself does.
	own map[string]any
}

// chosen are the endpoints that can serve one operation: those of its group.
type chosen struct {
	*group
	endpoints []*effective
	bad       bool // an annotation breaks its schema, which was reported
	none      bool // nobody wrote an endpoint
}

// patch is an annotation that changes endpoints of the root.
type patch struct {
	*annotation
	own bool // of channel or operation
}

// endpoints merges the endpoints of an operation: root < server < channel < operation. The
// operation has the endpoints of one group: the first one, or the one that a patch names or
// names an endpoint of, the strongest patch last.
func (b *builder) endpoints(s *source) *chosen {
	patches := b.patches(s)
	c := &chosen{bad: b.root.bad}
	groups := b.root.groups
	if len(groups) == 0 && len(patches) > 0 {
		groups = []*group{{endpoints: []*effective{{name: endpointName(patches[0].object()), value: map[string]any{}}}}}
	}
	c.none = len(groups) == 0
	if c.none {
		return c
	}
	c.group = groups[0]
	for _, p := range patches {
		c.bad = c.bad || p.bad
		if name, named := p.object()["name"].(string); named {
			if g := groupOf(groups, name); g != nil {
				c.group = g
				continue
			}
			b.Add(b.Doc.Placed(p.node, "/name", unknownName(groups, name)))
			c.bad = true
		}
	}
	for _, e := range c.group.endpoints {
		c.endpoints = append(c.endpoints, &effective{e.name, e.value, e.layers[:len(e.layers):len(e.layers)], map[string]any{}})
	}
	for _, p := range patches {
		b.patch(c, p)
	}
	return c
}

// patches lists what stands below the root, weakest first.
func (b *builder) patches(s *source) []patch {
	var list []patch
	var patched *server
	for _, srv := range s.servers {
		if srv.endpoint == nil {
			continue
		}
		if patched != nil {
			b.Fail(s.channel, "servers %q and %q both have an x-kafka-endpoint: name the one of this channel in its servers", patched.name, srv.name)
			break
		}
		patched = srv
		list = append(list, patch{srv.endpoint, false})
	}
	for _, holder := range []*document.Node{s.channel, s.node} {
		if a := b.annotation(holder, "x-kafka-endpoint", schema.EndpointPatch); a != nil {
			list = append(list, patch{a, true})
		}
	}
	return list
}

// patch merges one annotation into the endpoints that it is for: the one that it names, all of
// the group that it names, and without a name the first.
func (b *builder) patch(c *chosen, p patch) {
	change := maps.Clone(p.object())
	if change["inheritConfiguration"] == true {
		b.Add(b.Doc.Placed(p.node, "/inheritConfiguration", "inheritConfiguration is thrown at the endpoint of a group, not in a patch to it"))
	}
	name, named := change["name"].(string)
	for i, e := range c.endpoints {
		if named && name != e.name && name != c.name || !named && i > 0 {
			continue
		}
		l := layer{node: p.node}
		if len(e.layers) > 0 {
			delete(change, "name")
			l.without = "/name"
		}
		e.value, _ = schema.Merge(e.value, change).(map[string]any)
		e.layers = append(e.layers, l)
		if p.own {
			e.own, _ = schema.Merge(e.own, p.object()).(map[string]any)
		}
	}
}

func endpointName(value map[string]any) string {
	if name, ok := value["name"].(string); ok {
		return name
	}
	return "default"
}
