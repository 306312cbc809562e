package schema_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/schema"
)

// TestExpressionsInEveryText goes through every text of the annotations: it takes an expression, or it
// is one of those that are the same for every request.
func TestExpressionsInEveryText(t *testing.T) {
	const text = "{#request.headers['x'][0]}"
	for kind, want := range map[schema.Kind][]string{
		schema.Endpoint:       {"/type"},
		schema.EndpointGroups: {"/0/endpoints/0/type", "/0/loadBalancer/type", "/0/type"},
		schema.Entrypoints: {
			"/http-get/path", "/http-get/qos", "/http-post/path", "/http-post/qos", "/sse/path", "/sse/qos",
			"/webhook/qos", "/websocket/path", "/websocket/qos",
		},
		// Names and tenants are any text; the generator refuses those that hold an expression.
		schema.Attributes: {"/0/phase"},
	} {
		var refused []string
		for _, p := range schema.Properties(kind) {
			if len(p.Types) > 0 && !slices.Contains(p.Types, "string") {
				continue
			}
			var value any = text
			pointer := ""
			for i, member := range slices.Backward(p.Path) {
				switch {
				case member != "*":
					value = map[string]any{member: value}
				case i > 0 && p.Path[i-1] == "headers":
					member, value = "x-name", map[string]any{"x-name": value}
				default:
					member, value = "0", []any{value}
				}
				pointer = "/" + member + pointer
			}
			for _, issue := range schema.Validate(kind, schema.Template, value) {
				if strings.HasPrefix(issue.Pointer+"/", pointer+"/") {
					refused = append(refused, pointer)
				}
			}
		}
		slices.Sort(refused)
		if diff := cmp.Diff(want, refused); diff != "" {
			t.Errorf("%s: texts without expressions (-want +got):\n%s", kind, diff)
		}
	}
}
