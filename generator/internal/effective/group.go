package effective

import (
	"fmt"

	"github.com/penstock-dev/penstock/generator/internal/declared"
	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/schema"
	"github.com/penstock-dev/penstock/schema/spelling"
)

// shared is where an endpoint has its part of what a group shares.
const shared = "/sharedConfigurationOverride"

// group is an endpoint group of the root. A root x-kafka-endpoint makes one without a name.
type group struct {
	name      string
	balancer  endpoint.LoadBalancer
	endpoints []*Endpoint
}

// rootEndpoints are the endpoints that the root defines, inherit switch applied.
type rootEndpoints struct {
	groups []*group // none: the endpoint is made by stronger annotations
	bad    bool
}

// rootEndpoints reads x-kafka-endpoint or x-kafka-endpoint-groups of the root.
func (m *merger) rootEndpoints() rootEndpoints {
	groups, single := m.api.Annotations.Groups, m.api.Annotations.Endpoint
	switch {
	case groups != nil && single != nil:
		return rootEndpoints{bad: true} // which was reported
	case groups != nil:
		return m.grouped(groups)
	case single == nil:
		return rootEndpoints{}
	}
	value := schema.Effective(single.Object(), nil)
	if single.Object()["inheritConfiguration"] == true {
		m.Add(m.Doc.Placed(single.Node, "/inheritConfiguration", "inheritConfiguration is true, but the endpoint is in no group"))
	}
	e := &Endpoint{Name: endpointName(value), Value: value, Layers: Layers{{node: single.Node}}}
	return rootEndpoints{groups: []*group{{endpoints: []*Endpoint{e}}}, bad: single.Bad}
}

// grouped reads endpoint groups.
func (m *merger) grouped(a *declared.Annotation) rootEndpoints {
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
func member(value, group map[string]any, groupNode, at *document.Node) *Endpoint {
	e := &Endpoint{Name: endpointName(value), Value: schema.Effective(value, group), Layers: Layers{{node: at}}}
	if value["inheritConfiguration"] == true {
		e.Layers = Layers{{node: at, without: shared}, {node: groupNode, from: "/sharedConfiguration", to: shared}}
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
			if e.Name == name {
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
			names = append(names, e.Name)
		}
	}
	message := fmt.Sprintf("there is no endpoint or group %q", name)
	if near, ok := spelling.Near(name, names); ok {
		message += fmt.Sprintf(": did you mean %q?", near)
	}
	return message
}
