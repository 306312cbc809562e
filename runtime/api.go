package runtime

import "github.com/penstock-dev/penstock/runtime/endpoint"

// API is one document as generated code mounts it.
type API struct {
	Name       string // in paths, packages and group ids: [a-z0-9_]+
	Title      string // for listings
	Version    string // the document's own version
	Source     string // path of the document when it was generated, for messages
	Documents  Documents
	Operations []Operation
}

// Documents are the published forms of a document, without configuration keys, Kafka servers
// and bindings. The one that is nil is not served.
type Documents struct {
	OpenAPI  []byte
	AsyncAPI []byte
}

// Operation is one operation with its hooks.
type Operation struct {
	Descriptor endpoint.Descriptor
	Publish    Pipe // nil: published bytes pass unchanged
	Subscribe  Pipe // nil: records pass unchanged
}
