package understand

import (
	"maps"

	"github.com/penstock-dev/penstock/generator/internal/declared"
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
	*declared.Annotation
	own bool // of channel or operation
}

// endpoints merges the endpoints of an operation: root < server < channel < operation. The
// operation has the endpoints of one group: the first one, or the one that a patch names or
// names an endpoint of, the strongest patch last.
func (b *builder) endpoints(s *declared.Operation) *chosen {
	patches := b.patches(s)
	c := &chosen{bad: b.root.bad}
	groups := b.root.groups
	if len(groups) == 0 && len(patches) > 0 {
		groups = []*group{{endpoints: []*effective{{name: endpointName(patches[0].Object()), value: map[string]any{}}}}}
	}
	c.none = len(groups) == 0
	if c.none {
		return c
	}
	c.group = groups[0]
	for _, p := range patches {
		c.bad = c.bad || p.Bad
		if name, named := p.Object()["name"].(string); named {
			if g := groupOf(groups, name); g != nil {
				c.group = g
				continue
			}
			b.Add(b.Doc.Placed(p.Node, "/name", unknownName(groups, name)))
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
func (b *builder) patches(s *declared.Operation) []patch {
	var list []patch
	var patched *declared.Server
	for _, srv := range s.Servers {
		if srv.Endpoint == nil {
			continue
		}
		if patched != nil {
			b.Fail(s.Channel, "servers %q and %q both have an x-kafka-endpoint: name the one of this channel in its servers", patched.Name, srv.Name)
			break
		}
		patched = srv
		list = append(list, patch{srv.Endpoint, false})
	}
	for _, a := range []*declared.Annotation{s.ChannelAnnotations.Endpoint, s.Annotations.Endpoint} {
		if a != nil {
			list = append(list, patch{a, true})
		}
	}
	return list
}

// patch merges one annotation into the endpoints that it is for: the one that it names, all of
// the group that it names, and without a name the first.
func (b *builder) patch(c *chosen, p patch) {
	change := maps.Clone(p.Object())
	if change["inheritConfiguration"] == true {
		b.Add(b.Doc.Placed(p.Node, "/inheritConfiguration", "inheritConfiguration is thrown at the endpoint of a group, not in a patch to it"))
	}
	name, named := change["name"].(string)
	for i, e := range c.endpoints {
		if named && name != e.name && name != c.name || !named && i > 0 {
			continue
		}
		l := layer{node: p.Node}
		if len(e.layers) > 0 {
			delete(change, "name")
			l.without = "/name"
		}
		e.value, _ = schema.Merge(e.value, change).(map[string]any)
		e.layers = append(e.layers, l)
		if p.own {
			e.own, _ = schema.Merge(e.own, p.Object()).(map[string]any)
		}
	}
}

func endpointName(value map[string]any) string {
	if name, ok := value["name"].(string); ok {
		return name
	}
	return "default"
}
