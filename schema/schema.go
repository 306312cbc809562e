// Package schema holds the JSON Schemas (draft-07) of everything that is configuration: the
// annotations of documents, endpoint files and the gateway's own file, and of the frames of the
// WebSocket subprotocol. It is the one source of every rule about configuration: generator,
// gateway, command line and editors all read it here.
//
// Values are JSON as decoded by encoding/json: map[string]any, []any, string, bool, nil, and
// json.Number, float64 or any Go integer for numbers. No function changes its arguments, and all
// are safe for concurrent use. The schemas are embedded; nothing is ever fetched.
package schema

import "sort"

// Kind names what a value is.
type Kind string

// The kinds of values.
const (
	API            Kind = "api"             // x-kafka-api
	Endpoint       Kind = "endpoint"        // a whole endpoint: a *.endpoint.json file, or what is in force for an operation
	EndpointPatch  Kind = "endpoint-patch"  // x-kafka-endpoint as it stands in a document: nothing is mandatory, null deletes
	EndpointGroups Kind = "endpoint-groups" // x-kafka-endpoint-groups
	Entrypoints    Kind = "entrypoints"     // x-kafka-entrypoints: null deletes
	Attributes     Kind = "attributes"      // x-kafka-attributes
	Allow          Kind = "allow"           // x-kafka-allow
	Gateway        Kind = "gateway"         // the gateway's configuration
)

// Document is the kind of a whole AsyncAPI or OpenAPI document as it was written: only the
// annotations in it count, and { $ref: … } may stand for each of their values. It is for editors,
// which see documents so, and holds the other kinds' rules; it is not among Kinds.
const Document Kind = "document"

// Kinds lists the kinds of configuration.
func Kinds() []Kind {
	return []Kind{API, Endpoint, EndpointPatch, EndpointGroups, Entrypoints, Attributes, Allow, Gateway}
}

// Mode says whether expressions are still in the value.
type Mode uint8

// The modes.
const (
	Template  Mode = iota // as written: an expression may stand for a value of an enumeration
	Evaluated             // expressions are computed: text is data, enumerations hold
)

// Issue is one problem of a value.
type Issue struct {
	// Pointer is the JSON pointer (RFC 6901) of the offending value; for an unknown property of
	// that property, for a missing one of the object that lacks it.
	Pointer string
	// Message is one plain sentence, lower case, without a full stop, with `did you mean "x"?`
	// where there is a Suggestion. It never holds a secret.
	Message string
	// Suggestion is what was probably meant, "" for none.
	Suggestion string
}

// sortIssues orders issues by pointer and message and removes repeated ones.
func sortIssues(issues []Issue) []Issue {
	sort.Slice(issues, func(i, j int) bool {
		if issues[i].Pointer != issues[j].Pointer {
			return issues[i].Pointer < issues[j].Pointer
		}
		return issues[i].Message < issues[j].Message
	})
	kept := issues[:0]
	for i, issue := range issues {
		if i == 0 || issue != issues[i-1] {
			kept = append(kept, issue)
		}
	}
	return kept
}
