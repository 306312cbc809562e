// Package scope gives expressions their variables: what a request, a message and the gateway
// are. Nothing of a request is read or copied before an expression asks for it.
package scope

import (
	"errors"

	"github.com/penstock-dev/penstock/runtime/expr"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
)

// Environment is what expressions see of the gateway: the same for every request. The zero value
// has nothing. Safe for concurrent use, as long as nobody changes it.
type Environment struct {
	API          API
	Node         Node
	Properties   map[string]string            // #properties
	Dictionaries map[string]map[string]string // #dictionaries
	Secrets      Secrets                      // #secrets; nil: every use is an error
}

// API is #api. Texts that are empty are null.
type API struct {
	ID, Name, Version string
	Properties        map[string]string // nil: those of the environment
}

// Node is #node. Texts that are empty are null.
type Node struct{ ID, Version, Tenant string }

// Secrets reads what #secrets.get names. Its errors never hold a value.
type Secrets interface {
	Get(uri string) (string, error)
}

// Scope gives the variables of a request. x may be nil, at start: then #request, #context and
// #subscription are errors. One goroutine uses the scope at a time, and x is not changed
// meanwhile but in its attributes.
func (e *Environment) Scope(x *exchange.Exchange) expr.Scope { return &view{env: e, x: x} }

// Message gives the variables of a message that is published by a request: those of Scope and
// #message.
func (e *Environment) Message(x *exchange.Exchange, rec *core.Record) expr.Scope {
	return &view{env: e, x: x, rec: rec}
}

// view is the variables of one request or message.
type view struct {
	env  *Environment
	x    *exchange.Exchange
	rec  *core.Record
	made *made // what costs something to make is made once; nil until something was
}

// made are values that are null until somebody asked for them.
type made struct {
	params           expr.Value
	request, message body
}

func (v *view) keep() *made {
	if v.made == nil {
		v.made = &made{}
	}
	return v.made
}

var (
	errNoRequest = errors.New("there is no request when the gateway starts")
	errNoMessage = errors.New("there is no message here")
)

// Variable implements expr.Scope.
func (v *view) Variable(name string) (expr.Value, error) {
	switch name {
	case "request":
		return v.ofRequest((*request)(v))
	case "context":
		return v.ofRequest((*context)(v))
	case "subscription":
		return v.ofRequest((*subscription)(v))
	case "message":
		if v.rec == nil {
			return expr.Value{}, errNoMessage
		}
		return expr.ObjectValue((*message)(v)), nil
	case "api":
		return expr.ObjectValue((*api)(v.env)), nil
	case "node":
		return expr.ObjectValue((*node)(v.env)), nil
	case "properties":
		return expr.MapValue(expr.Texts(v.env.Properties)), nil
	case "dictionaries":
		return expr.MapValue(dictionaries(v.env.Dictionaries)), nil
	case "secrets":
		return expr.ObjectValue((*secrets)(v.env)), nil
	}
	return expr.Value{}, errUnknown
}

// ofRequest gives an object that there is only with a request.
func (v *view) ofRequest(o expr.Object) (expr.Value, error) {
	if v.x == nil {
		return expr.Value{}, errNoRequest
	}
	return expr.ObjectValue(o), nil
}

// errUnknown is a variable or property that package expr declares and this one does not know.
var errUnknown = errors.New("not known here")

// text is a text that is null when it is empty.
func text(s string) expr.Value {
	if s == "" {
		return expr.Value{}
	}
	return expr.TextValue(s)
}

// body is the content of a request or of a message.
type body struct {
	content, json expr.Value
}

// text gives bytes as a text: null from nil.
func (b *body) text(bytes []byte) expr.Value {
	if b.content.IsNull() && bytes != nil {
		b.content = expr.TextValue(string(bytes))
	}
	return b.content
}

// decoded gives bytes as JSON: null from nil.
func (b *body) decoded(bytes []byte) (expr.Value, error) {
	if !b.json.IsNull() || bytes == nil {
		return b.json, nil
	}
	value, err := expr.JSONValue(bytes)
	b.json = value
	return value, err //nolint:wrapcheck // expr gives it its place
}

func length(bytes []byte) expr.Value {
	if bytes == nil {
		return expr.Value{}
	}
	return expr.IntValue(int64(len(bytes)))
}
