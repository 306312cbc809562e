package expr

import (
	"github.com/penstock-dev/penstock/runtime/expr/internal/shape"
	"github.com/penstock-dev/penstock/runtime/expr/internal/value"
)

// Place is where a text with expressions stands. It says which variables there are.
type Place uint8

// The places.
const (
	Configuration Place = iota // the configuration of an endpoint: with #secrets, without #message
	Request                    // computed once for a request
	Message                    // computed for each message: with #message
)

func structure(name string, members map[string]*shape.Shape) *shape.Shape {
	return &shape.Shape{Kind: value.Structure, Name: name, Members: members}
}

// variables are declared here once: what a scope gives, and what the check knows.
var variables = map[string]*shape.Shape{
	"request": structure("#request", map[string]*shape.Shape{
		"id": shape.Text, "method": shape.Text, "uri": shape.Text, "path": shape.Text, "paths": shape.Texts,
		"scheme": shape.Text, "host": shape.Text, "version": shape.Text, "timestamp": shape.Int,
		"remoteAddress": shape.Text, "localAddress": shape.Text,
		"pathParams": shape.MapOf(shape.Text), "params": shape.MapOf(shape.Texts), "headers": shape.MapOf(shape.Texts),
		"content": shape.Text, "contentLength": shape.Int, "jsonContent": shape.Any,
	}),
	"context": structure("#context", map[string]*shape.Shape{"attributes": shape.MapOf(shape.Any)}),
	"message": structure("#message", map[string]*shape.Shape{
		"id": shape.Text, "content": shape.Text, "contentLength": shape.Int, "jsonContent": shape.Any,
		"headers": shape.MapOf(shape.Texts), "metadata": shape.MapOf(shape.Any), "attributes": shape.MapOf(shape.Any),
	}),
	"subscription": structure("#subscription", map[string]*shape.Shape{
		"id": shape.Text, "clientId": shape.Text, "metadata": shape.MapOf(shape.Any),
	}),
	"api": structure("#api", map[string]*shape.Shape{
		"id": shape.Text, "name": shape.Text, "version": shape.Text, "properties": shape.MapOf(shape.Text),
	}),
	"node":         structure("#node", map[string]*shape.Shape{"id": shape.Text, "version": shape.Text, "tenant": shape.Text}),
	"secrets":      structure("#secrets", nil),
	"properties":   shape.MapOf(shape.Text),
	"dictionaries": shape.MapOf(shape.MapOf(shape.Text)),
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
