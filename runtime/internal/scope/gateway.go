package scope

import (
	"errors"
	"maps"
	"slices"

	"github.com/penstock-dev/penstock/runtime/expr"
	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// context is #context.
type context view

// Property implements expr.Object.
func (c *context) Property(name string) (expr.Value, error) {
	if name == "attributes" {
		return expr.MapValue((*attributes)(c.x.Attributes)), nil
	}
	return expr.Value{}, errUnknown
}

// attributes are those of a request or of a message.
type attributes core.Attributes

// Get implements expr.Mapping.
func (a *attributes) Get(name string) (expr.Value, bool) {
	value, ok := (*core.Attributes)(a).Get(name)
	return expr.ValueOf(value), ok
}

// Keys implements expr.Mapping.
func (a *attributes) Keys() []string { return (*core.Attributes)(a).Names() }

// subscription is #subscription: who the caller is, as authentication found out. Nothing of it
// is the caller's choice; an anonymous caller has null and no metadata.
type subscription view

// Property implements expr.Object.
func (s *subscription) Property(name string) (expr.Value, error) {
	switch name {
	case "id", "clientId":
		return text(s.x.Caller.Subject), nil
	case "metadata":
		if s.x.Caller.Claims == nil {
			return expr.MapValue(expr.Texts(nil)), nil
		}
		return expr.ValueOf(s.x.Caller.Claims), nil
	}
	return expr.Value{}, errUnknown
}

// api is #api.
type api Environment

// Property implements expr.Object.
func (a *api) Property(name string) (expr.Value, error) {
	switch name {
	case "id":
		return text(a.API.ID), nil
	case "name":
		return text(a.API.Name), nil
	case "version":
		return text(a.API.Version), nil
	case "properties":
		if a.API.Properties != nil {
			return expr.MapValue(expr.Texts(a.API.Properties)), nil
		}
		return expr.MapValue(expr.Texts(a.Properties)), nil
	}
	return expr.Value{}, errUnknown
}

// node is #node.
type node Environment

// Property implements expr.Object.
func (n *node) Property(name string) (expr.Value, error) {
	switch name {
	case "id":
		return text(n.Node.ID), nil
	case "version":
		return text(n.Node.Version), nil
	case "tenant":
		return text(n.Node.Tenant), nil
	}
	return expr.Value{}, errUnknown
}

// dictionaries is #dictionaries.
type dictionaries map[string]map[string]string

// Get implements expr.Mapping.
func (d dictionaries) Get(name string) (expr.Value, bool) {
	dictionary, ok := d[name]
	if !ok {
		return expr.Value{}, false
	}
	return expr.MapValue(expr.Texts(dictionary)), true
}

// Keys implements expr.Mapping.
func (d dictionaries) Keys() []string { return slices.Sorted(maps.Keys(d)) }

// secrets is #secrets; package expr lets only literal names through.
type secrets Environment

var errNoSecrets = errors.New("this gateway has no secrets")

// Property implements expr.Object.
func (s *secrets) Property(uri string) (expr.Value, error) {
	if s.Secrets == nil {
		return expr.Value{}, errNoSecrets
	}
	value, err := s.Secrets.Get(uri)
	return expr.TextValue(value), err //nolint:wrapcheck // expr gives it its place
}
