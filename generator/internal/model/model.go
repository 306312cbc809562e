// Package model is what generator knows of a document of any supported kind: operations with their
// effective annotations, messages and schemas. Nothing in it tells whether the document was AsyncAPI
// or OpenAPI.
package model

import (
	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// Model is one document, ready to be lowered.
type Model struct {
	API         string       // [a-z0-9_]+
	Pos         document.Pos // of what gives the api its name
	Pointer     string       // JSON pointer of it, "" for the whole file
	Source      string       // the document's path as the user named it
	Format      string       // "AsyncAPI 3.1.0"
	Title       string
	Version     string
	Description string
	BasePath    string // "/" or "/v1", never with a slash at the end otherwise
	Operations  []*Operation
	// SecuritySchemes holds every scheme that an operation requires, by its name.
	SecuritySchemes map[string]*SecurityScheme
	// Schemas holds every schema that an operation reaches, by a name that is unique in the
	// model. The only references in them are "#/components/schemas/<name>".
	Schemas []*Schema
}

// Operation is one exposed operation.
type Operation struct {
	Name        string // operationId, or operation key, or "GET /path" made from method and path
	Pos         document.Pos
	Pointer     string // JSON pointer of the operation
	Summary     string
	Description string
	Tags        []string

	// Endpoints are the effective endpoint objects as JSON (map[string]any and so on) after
	// merge and inherit switch, topics of root and server removed where the document itself
	// names the topic; at least one. Origins tell for each leaf where it came from.
	Endpoints    []map[string]any
	LoadBalancer endpoint.LoadBalancer // "" where there is no group
	Topic        endpoint.Topic
	TopicPos     document.Pos
	Partitions   int32 // of the topic when a development broker makes it; 0: nothing said

	Entrypoints []*Entrypoint
	Publish     *Payload // set when an entrypoint publishes
	Subscribe   *Payload
	Attributes  []endpoint.Attribute
	Allow       map[string][]string
	Security    []endpoint.Requirement // empty: callers need not authenticate
	Origins     []endpoint.Origin
	// AllowOrigins tell for each entry of Allow where it came from; the pointer is its property.
	AllowOrigins []endpoint.Origin
}

// SecurityScheme is a scheme for web clients, with what only readers of documents need.
type SecurityScheme struct {
	endpoint.Scheme        // without scopes
	Description     string // of the scheme
	BearerFormat    string
	Flows           map[string]Flow // of oauth2, by name
}

// Flow is one way to get a token (RFC 6749).
type Flow struct {
	AuthorizationURL, TokenURL, RefreshURL string
	Scopes                                 map[string]string // name → description
}

// Entrypoint is one effective entrypoint with its defaults filled in.
type Entrypoint struct {
	Kind       endpoint.Kind
	Method     string
	Path       string // relative to the base path, "{name}" templates
	Params     []endpoint.Param
	Config     map[string]any // whole effective object, defaults and qos included
	Publishes  bool
	Subscribes bool
	Pos        document.Pos
	Pointer    string // JSON pointer of the annotation, else of the operation
}

// Payload is the messages of one direction.
type Payload struct {
	Messages     []*Message // at least one
	ContentTypes []string   // lower case, without parameters; nil: any
}

// Message is one kind of message.
type Message struct {
	Name        string // as written: message key, messageId, or made from the operation
	Pos         document.Pos
	Summary     string
	ContentType string // lower case, "" when the document says none
	Schema      string // name in Model.Schemas; "" when the payload is not JSON Schema (Avro, Protobuf, none)
	Headers     string // name in Model.Schemas; "" for none
}

// Schema is one JSON Schema of the document.
type Schema struct {
	Name    string // as in the document (component name) or made from where it stands
	Pos     document.Pos
	Node    *document.Node // for positions of what is inside; may hold unresolved references
	JSON    any            // the schema, references rewritten; numbers are json.Number
	Dialect Dialect
}

// Dialect says how the keywords of a schema are meant.
type Dialect uint8

// The dialects.
const (
	Draft07   Dialect = iota // AsyncAPI
	OpenAPI30                // nullable, boolean exclusiveMinimum
	Draft2020                // OpenAPI 3.1, and files that say so in $schema
)
