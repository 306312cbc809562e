// Package override is dynamic configuration: what attributes and expressions make of the endpoint
// object of an operation, and what requests may choose of it (section 6 of docs/design.md,
// docs/dynamic-configuration.md).
//
// Texts are compiled once, when an operation is mounted. For a request the attributes are computed
// first, then the texts of the endpoint object; the outcome is checked by the schema that checks
// static configuration. Values are data: what was computed is never read as an expression again.
package override
