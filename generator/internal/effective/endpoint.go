package effective

import (
	"maps"
	"slices"

	"github.com/penstock-dev/penstock/generator/internal/declared"
	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/schema"
)

// Endpoint is one endpoint in force for an operation.
type Endpoint struct {
	Name   string
	Value  map[string]any // after merge and inherit switch
	Layers Layers
	// own is what channel and operation say: only they name topics more strongly than the
	// document itself does.
	own map[string]any
}

// Alone is an endpoint that stands alone, in a file of its own; nil where the file holds no object.
func Alone(root *document.Node) *Endpoint {
	value, isObject := schema.Canonical(root.Value()).(map[string]any)
	if !isObject {
		return nil
	}
	return &Endpoint{Name: endpointName(value), Value: value, Layers: Layers{{node: root}}}
}

// Section is one object of the shared configuration, such as "producer"; nil where there is none.
func (e *Endpoint) Section(name string) map[string]any { return section(e.Value, name) }

func section(value map[string]any, name string) map[string]any {
	shared, _ := value["sharedConfigurationOverride"].(map[string]any)
	object, _ := shared[name].(map[string]any)
	return object
}

// Endpoints are those that can serve one operation: the ones of its group.
type Endpoints struct {
	List []*Endpoint
	// Group and Balancer are "" where there is no group.
	Group    string
	Balancer endpoint.LoadBalancer
	Bad      bool // an annotation breaks its schema, which was reported
	None     bool // nobody wrote an endpoint
}

// patch is an annotation that changes endpoints of the root.
type patch struct {
	*declared.Annotation
	own bool // of channel or operation
}

// endpoints merges the endpoints of an operation: root < server < channel < operation. The
// operation has the endpoints of one group: the first one, or the one that a patch names or
// names an endpoint of, the strongest patch last.
func (m *merger) endpoints(op *declared.Operation) *Endpoints {
	patches := m.patches(op)
	groups := m.root.groups
	if len(groups) == 0 && len(patches) > 0 {
		groups = []*group{{endpoints: []*Endpoint{{Name: endpointName(patches[0].Object()), Value: map[string]any{}}}}}
	}
	if len(groups) == 0 {
		return &Endpoints{Bad: m.root.bad, None: true}
	}
	chosen, ok := m.chosen(groups, patches)
	c := &Endpoints{Group: chosen.name, Balancer: chosen.balancer, Bad: m.root.bad || !ok}
	for _, e := range chosen.endpoints {
		c.List = append(c.List, &Endpoint{e.Name, e.Value, slices.Clip(e.Layers), map[string]any{}})
	}
	for _, p := range patches {
		c.Bad = c.Bad || p.Bad
		m.patch(c, p)
	}
	return c
}

// chosen finds the group of an operation; ok is false where a patch names none.
func (m *merger) chosen(groups []*group, patches []patch) (chosen *group, ok bool) {
	chosen, ok = groups[0], true
	for _, p := range patches {
		name, named := p.Object()["name"].(string)
		if !named {
			continue
		}
		if g := groupOf(groups, name); g != nil {
			chosen = g
			continue
		}
		m.Add(m.Doc.Placed(p.Node, "/name", unknownName(groups, name)))
		ok = false
	}
	return chosen, ok
}

// patches lists what stands below the root, weakest first.
func (m *merger) patches(op *declared.Operation) []patch {
	var list []patch
	var patched *declared.Server
	for _, srv := range op.Servers {
		if srv.Endpoint == nil {
			continue
		}
		if patched != nil {
			m.Fail(op.Channel, "servers %q and %q both have an x-kafka-endpoint: name the one of this channel in its servers", patched.Name, srv.Name)
			break
		}
		patched = srv
		list = append(list, patch{srv.Endpoint, false})
	}
	for _, a := range []*declared.Annotation{op.ChannelAnnotations.Endpoint, op.Annotations.Endpoint} {
		if a != nil {
			list = append(list, patch{a, true})
		}
	}
	return list
}

// patch merges one annotation into the endpoints that it is for: the one that it names, all of
// the group that it names, and without a name the first.
func (m *merger) patch(c *Endpoints, p patch) {
	change := maps.Clone(p.Object())
	if change["inheritConfiguration"] == true {
		m.Add(m.Doc.Placed(p.Node, "/inheritConfiguration", "inheritConfiguration is thrown at the endpoint of a group, not in a patch to it"))
	}
	name, named := change["name"].(string)
	for i, e := range c.List {
		if named && name != e.Name && name != c.Group || !named && i > 0 {
			continue
		}
		l := layer{node: p.Node}
		if len(e.Layers) > 0 {
			delete(change, "name")
			l.without = "/name"
		}
		e.Value, _ = schema.Merge(e.Value, change).(map[string]any)
		e.Layers = append(e.Layers, l)
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
