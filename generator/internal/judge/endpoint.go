package judge

import (
	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/schema"
)

const shared = "/sharedConfigurationOverride"

// endpoints judges the endpoints of the operation.
func (o *operation) endpoints() {
	switch {
	case o.Endpoints.Bad:
		return // reported where it stands
	case o.Endpoints.None:
		o.Add(document.Issue{
			Pos: o.Pos, Pointer: o.Doc.Pointer(o.Node),
			Message: "operation \"" + o.Name + "\" has no x-kafka-endpoint: write one here or at the root",
		})
	}
	for _, e := range o.Endpoints.List {
		if len(o.Endpoints.List) > 1 && !legalTopic.MatchString(e.Name) {
			o.failLayer(e, "/name", "endpoint %q: its name stands in message ids where a group has several endpoints: letters, digits, \".\", \"_\" and \"-\" are allowed", e.Name)
		}
		for _, issue := range schema.Validate(schema.Endpoint, schema.Template, o.possible(e.Value)) {
			o.failLayer(e, issue.Pointer, "%s", issue.Message)
		}
		o.login(e)
		o.stores(e)
		o.compareServers(e)
	}
}

// possible is an endpoint with an expression for each value that an attribute can supply, so that
// rules about what goes together are broken only where no attribute helps.
func (o *operation) possible(value map[string]any) map[string]any {
	for _, a := range o.Attributes {
		if a.Choice.Family != schema.Override || isSwitch(a.Choice.Property) {
			continue
		}
		var computed any = "{#context.attributes['" + a.Name + "']}"
		if choosesTopics(a.Choice.Property) {
			computed = []any{computed}
		}
		value, _ = schema.Merge(value, patchAt(schema.PropertyPointer(a.Choice.Property), computed)).(map[string]any)
	}
	return value
}
