package expr

// Place is where a text with expressions stands. It says which variables there are.
type Place uint8

// The places.
const (
	Configuration Place = iota // the configuration of an endpoint: with #secrets, without #message
	Request                    // computed once for a request
	Message                    // computed for each message: with #message
)

func structure(name string, members map[string]*shape) *shape {
	return &shape{kind: Structure, name: name, members: members}
}

// variables are declared here once: what a scope gives, and what the check knows.
var variables = map[string]*shape{
	"request": structure("#request", map[string]*shape{
		"id": textShape, "method": textShape, "uri": textShape, "path": textShape, "paths": textsShape,
		"scheme": textShape, "host": textShape, "version": textShape, "timestamp": intShape,
		"remoteAddress": textShape, "localAddress": textShape,
		"pathParams": mapOf(textShape), "params": mapOf(textsShape), "headers": mapOf(textsShape),
		"content": textShape, "contentLength": intShape, "jsonContent": anyShape,
	}),
	"context": structure("#context", map[string]*shape{"attributes": mapOf(anyShape)}),
	"message": structure("#message", map[string]*shape{
		"id": textShape, "content": textShape, "contentLength": intShape, "jsonContent": anyShape,
		"headers": mapOf(textsShape), "metadata": mapOf(anyShape), "attributes": mapOf(anyShape),
	}),
	"subscription": structure("#subscription", map[string]*shape{
		"id": textShape, "clientId": textShape, "metadata": mapOf(anyShape),
	}),
	"api": structure("#api", map[string]*shape{
		"id": textShape, "name": textShape, "version": textShape, "properties": mapOf(textShape),
	}),
	"node":         structure("#node", map[string]*shape{"id": textShape, "version": textShape, "tenant": textShape}),
	"secrets":      structure("#secrets", nil),
	"properties":   mapOf(textShape),
	"dictionaries": mapOf(mapOf(textShape)),
}

// missing says why a declared variable does not exist at a place; "" when it does.
func missing(name string, place Place) string {
	switch {
	case name == "message" && place != Message:
		return "#message exists only where a value is computed for each message"
	case name == "secrets" && place != Configuration:
		return "#secrets exists only in the configuration of an endpoint"
	}
	return ""
}
