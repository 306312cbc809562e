// Package endpoint is the vocabulary that the generator and the runtime share: what an
// operation is, as data. It imports nothing, so that both sides can import it.
package endpoint

// JSON is a JSON text. Configuration stays text here because both sides merge and validate
// it with package schema.
type JSON string

// Descriptor says everything the runtime needs to serve one operation.
//
// The generator decides, the descriptor carries the decision, the runtime acts.
type Descriptor struct {
	API       string // name in paths, packages and group ids: [a-z0-9_]+
	Operation string // operationId or operation key, as written in the document
	Summary   string // one line for listings; may be empty
	BasePath  string // "/" or "/v1": the document's, before the gateway's configuration

	// Entrypoints in the order http-post, http-get, sse, websocket.
	Entrypoints []Entrypoint

	// Endpoints are the effective endpoint objects that can serve the operation, inherit switch
	// applied; at least one. Topics stand in them only when a channel or operation wrote them, or
	// nothing better than root or server did.
	Endpoints []JSON

	// LoadBalancer chooses among several endpoints; "" is round-robin.
	LoadBalancer LoadBalancer

	// Topic is where records go when Endpoint names no topic for a direction.
	Topic Topic

	Publish   Payload // of http-post and websocket publishers
	Subscribe Payload // of http-get, sse and websocket subscribers

	Attributes []Attribute         // x-kafka-attributes, in the order of their evaluation
	Allow      map[string][]string // x-kafka-allow
	// Security holds what a caller must fulfil one of; empty: callers need not authenticate.
	Security []Requirement
	Origin   []Origin // where each effective value that is no default came from
}

// LoadBalancer is the type of a load balancer, as an endpoint group names it.
type LoadBalancer string

// The load balancers.
const (
	RoundRobin         LoadBalancer = "round-robin"
	WeightedRoundRobin LoadBalancer = "weighted-round-robin"
	Random             LoadBalancer = "random"
	WeightedRandom     LoadBalancer = "weighted-random"
)

// Attribute is one assignment of x-kafka-attributes.
type Attribute struct {
	Name      string
	Value     JSON   // a text that may hold expressions, a number, a boolean or a list of texts
	Condition string // an expression; empty: always
	Message   bool   // computed for each message, else once for a request
	Source    string // "specs/orders.yaml:12:5"
}

// Requirement lists schemes that a caller must fulfil together. One without schemes admits
// everybody.
type Requirement []Scheme

// Scheme is a security scheme of the document, as an operation requires it.
type Scheme struct {
	Name   string   // its key under components.securitySchemes; settings.md: auth.<scheme>
	Type   string   // basic, bearer, apiKey, mutualTLS, oauth2 or openIdConnect
	In     string   // of an API key: header, query or cookie
	Param  string   // of an API key: the name of that header, parameter or cookie
	URL    string   // of openIdConnect: the document's openIdConnectUrl
	Scopes []string // that the caller must have, all of them
}

// Entrypoint is one way in from the web.
type Entrypoint struct {
	Kind   Kind
	Method string // GET, POST or PUT
	Path   string // "/orders/{id}", relative to the base path
	Params []Param
	// Config is the effective entrypoint object with its defaults (schema/entrypoints.json), qos included.
	Config JSON
}

// Param is a path parameter.
type Param struct {
	Name string
	Enum []string // nil: [A-Za-z0-9_-]{1,64}
}

// Topic is a topic name that may hold {param} parts.
type Topic struct {
	Template string  // "orders.{region}"; empty: none
	Params   []Param // each filled from the path parameter of its name, else from Default
	Defaults map[string]string
}

// Payload describes the messages of one direction.
type Payload struct {
	Name         string   // event name of SSE; "" when there are several messages: "message"
	ContentTypes []string // media types that a publisher may send, lower case; nil: any
	Schema       *Schema  // nil: bytes pass unchecked
	Headers      *Schema  // nil: unchecked. Values are checked as text, integers and booleans too
}

// Origin is the place in a document that gave a value.
type Origin struct {
	Endpoint string // the endpoint's name; "" for entrypoints
	Pointer  string // into the effective endpoint or entrypoints object, "/configuration/bootstrapServers"
	Value    string // as JSON, secrets REDACTED
	Source   string // "specs/orders.yaml:12:5"
}
