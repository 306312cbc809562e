package understand

import (
	"fmt"

	"github.com/penstock-dev/penstock/generator/internal/declared"
	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/schema"
)

// group is an endpoint group of the root. A root x-kafka-endpoint makes one without a name.
type group struct {
	name      string
	balancer  endpoint.LoadBalancer
	endpoints []*effective
}

// rootEndpoints are the endpoints that the root defines, inherit switch applied.
type rootEndpoints struct {
	groups []*group // none: the endpoint is made by stronger annotations
	bad    bool
}

// rootEndpoints reads x-kafka-endpoint or x-kafka-endpoint-groups of the root.
func (b *builder) rootEndpoints() rootEndpoints {
	groups, single := b.api.Annotations.Groups, b.api.Annotations.Endpoint
	switch {
	case groups != nil && single != nil:
		return rootEndpoints{bad: true} // which was reported
	case groups != nil:
		return b.grouped(groups)
	case single == nil:
		return rootEndpoints{}
	}
	value := schema.Effective(single.Object(), nil)
	if single.Object()["inheritConfiguration"] == true {
		b.Add(b.Doc.Placed(single.Node, "/inheritConfiguration", "inheritConfiguration is true, but the endpoint is in no group"))
	}
	e := &effective{name: endpointName(value), value: value, layers: layers{{node: single.Node}}}
	return rootEndpoints{groups: []*group{{endpoints: []*effective{e}}}, bad: single.Bad}
}

// grouped reads endpoint groups.
func (b *builder) grouped(a *declared.Annotation) rootEndpoints {
	r := rootEndpoints{bad: a.Bad}
	list, _ := a.Value.([]any)
	for i, item := range list {
		value, _ := item.(map[string]any)
		g := &group{balancer: endpoint.RoundRobin}
		g.name, _ = value["name"].(string)
		balancer, _ := value["loadBalancer"].(map[string]any)
		if kind, ok := balancer["type"].(string); ok {
			g.balancer = endpoint.LoadBalancer(kind)
		}
		endpoints, _ := value["endpoints"].([]any)
		for j, item := range endpoints {
			e, _ := item.(map[string]any)
			g.endpoints = append(g.endpoints, member(e, value, a.Node.Items[i], a.Node.At(fmt.Sprintf("/%d/endpoints/%d", i, j))))
		}
		if len(g.endpoints) > 0 {
			r.groups = append(r.groups, g)
		}
	}
	return r
}

// member is an endpoint of a group, with what it inherits.
func member(value, group map[string]any, groupNode, at *document.Node) *effective {
	e := &effective{name: endpointName(value), value: schema.Effective(value, group), layers: layers{{node: at}}}
	if value["inheritConfiguration"] == true {
		e.layers = layers{{node: at, without: shared}, {node: groupNode, from: "/sharedConfiguration", to: shared}}
	}
	return e
}

// groupOf finds the group of a name, or the one whose endpoint has it.
func groupOf(groups []*group, name string) *group {
	for _, g := range groups {
		if g.name == name {
			return g
		}
		for _, e := range g.endpoints {
			if e.name == name {
				return g
			}
		}
	}
	return nil
}

// unknownName says that there is no endpoint or group of a name.
func unknownName(groups []*group, name string) string {
	var names []string
	for _, g := range groups {
		if g.name != "" {
			names = append(names, g.name)
		}
		for _, e := range g.endpoints {
			names = append(names, e.name)
		}
	}
	message := fmt.Sprintf("there is no endpoint or group %q", name)
	if near, ok := schema.Suggest(name, names); ok {
		message += fmt.Sprintf(": did you mean %q?", near)
	}
	return message
}
