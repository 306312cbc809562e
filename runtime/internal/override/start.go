package override

import (
	"fmt"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
	"github.com/penstock-dev/penstock/schema"
)

// start evaluates what is the same for every request.
func (c *Configuration) start() (*Endpoint, error) {
	if c.Static() {
		return c.fixed, c.fixedErr
	}
	w, _ := pool.Get().(*decision)
	defer w.free()
	if err := c.compute(w, c.in.Env.Scope(nil), true); err != nil {
		return nil, err
	}
	object, err := c.merge(w)
	if err != nil {
		return nil, err
	}
	if issues := c.certain(object); len(issues) > 0 {
		return nil, invalid(&Invalid{c.discreet(issues)})
	}
	return c.provisional(object)
}

// certain lists the issues of an object that no request can mend: neither an expression that is
// computed later nor an attribute touches what they are about.
func (c *Configuration) certain(object map[string]any) []schema.Issue {
	full, _ := schema.Merge(object, map[string]any{}).(map[string]any)
	mode := schema.Evaluated
	var later []string
	for i, s := range c.slots {
		if s != nil && s.varies {
			put(full, properties()[i].path, s.raw)
			mode = schema.Template
			later = append(later, s.pointer)
		}
	}
	issues := Certain(schema.Validate(schema.Endpoint, mode, full), c.in.Attributes)
	return slices.DeleteFunc(issues, func(issue schema.Issue) bool { return touched(issue.Pointer, later) })
}

// Certain keeps the issues of an endpoint object that no assignment of a document can mend: none
// overrides what they are about.
func Certain(issues []schema.Issue, attributes []endpoint.Attribute) []schema.Issue {
	var later []string
	for _, a := range attributes {
		if i, ok := overridden(a.Name); ok && !a.Message {
			later = append(later, schema.PropertyPointer(properties()[i].name))
		}
	}
	return slices.DeleteFunc(issues, func(issue schema.Issue) bool { return touched(issue.Pointer, later) })
}

// provisional is the endpoint without what requests decide.
func (c *Configuration) provisional(object map[string]any) (*Endpoint, error) {
	e, err := c.decode(object, nil, c.requestsChooseClient())
	if err != nil || e.Requested {
		return e, err
	}
	if e.Target, err = cluster.ParseTarget(e.JSON); err != nil {
		return nil, invalid(fmt.Errorf("endpoint %q: %w", c.name, c.discreetTarget(err)))
	}
	return e, nil
}

// requestsChooseClient says whether brokers or security can differ among requests.
func (c *Configuration) requestsChooseClient() bool {
	for i, p := range properties() {
		if p.client && c.slots[i] != nil && c.slots[i].varies {
			return true
		}
	}
	for _, a := range c.assignments.request {
		if i, ok := overridden(a.Name); ok && properties()[i].client {
			return true
		}
	}
	return false
}

// touched says whether one of the pointers names a value, something in it or what holds it.
func touched(pointer string, others []string) bool {
	for _, other := range others {
		if strings.HasPrefix(other+"/", pointer+"/") || strings.HasPrefix(pointer+"/", other+"/") {
			return true
		}
	}
	return false
}
