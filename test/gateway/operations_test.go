package gateway

import (
	"github.com/penstock-dev/penstock/runtime"
	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// endpointObject is the endpoint of every operation; the rig fills in its brokers.
const endpointObject = `{"name":"default","type":"kafka","configuration":{"bootstrapServers":"BROKERS"},
	"sharedConfigurationOverride":{"producer":{"enabled":true},"consumer":{"enabled":true,"autoOffsetReset":"latest"}}}`

// operation makes an operation of api shop, as generated code would. Its topic is the rig's.
func operation(name string, entrypoints ...endpoint.Entrypoint) runtime.Operation {
	return runtime.Operation{Descriptor: endpoint.Descriptor{
		API: "shop", Operation: name, BasePath: "/", Entrypoints: entrypoints, Endpoints: []endpoint.JSON{endpointObject},
		Publish: endpoint.Payload{
			Name: "Order", ContentTypes: []string{"application/json"},
			Schema: &endpoint.Schema{
				Types: endpoint.Object, Required: []string{"id"},
				Properties: []endpoint.Property{
					{Name: "id", Schema: &endpoint.Schema{Types: endpoint.String, MinLength: 1}},
					{Name: "count", Schema: &endpoint.Schema{Types: endpoint.Integer, Minimum: "1"}},
				},
			},
		},
		Subscribe: endpoint.Payload{Name: "Order", ContentTypes: []string{"application/json"}},
	}}
}

// everyEntrypoint is all four at one level: POST, GET and SSE at /orders, WebSocket beside them.
func everyEntrypoint(qos string) []endpoint.Entrypoint {
	return []endpoint.Entrypoint{post(qos), get(qos, long), sse(qos), websocket(qos)}
}

func entrypoint(kind endpoint.Kind, method, path, qos string, options []string) endpoint.Entrypoint {
	config := `{"qos":"` + qos + `"`
	for _, option := range options {
		config += "," + option
	}
	return endpoint.Entrypoint{Kind: kind, Method: method, Path: path, Config: endpoint.JSON(config + "}")}
}

func post(qos string, options ...string) endpoint.Entrypoint {
	return entrypoint(endpoint.HTTPPost, "POST", "/orders", qos, options)
}

// long lets a page take as long as a slow machine needs. A test limits its pages by their count.
const long = `"messagesLimitDurationMs":20000`

func get(qos string, options ...string) endpoint.Entrypoint {
	return entrypoint(endpoint.HTTPGet, "GET", "/orders", qos, options)
}

func sse(qos string, options ...string) endpoint.Entrypoint {
	return entrypoint(endpoint.SSE, "GET", "/orders", qos, options)
}

func websocket(qos string, options ...string) endpoint.Entrypoint {
	return entrypoint(endpoint.WebSocket, "GET", "/orders", qos, options)
}

// ops is a list of operations.
func ops(list ...runtime.Operation) []runtime.Operation { return list }

// atPath moves an entrypoint.
func atPath(e endpoint.Entrypoint, path string) endpoint.Entrypoint {
	e.Path = path
	return e
}
