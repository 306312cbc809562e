package scope

import (
	"errors"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/runtime/expr"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
)

// request is #request.
type request view

// Property implements expr.Object.
func (q *request) Property(name string) (expr.Value, error) {
	r := q.x.Request
	switch name {
	case "headers":
		return expr.MapValue((*headers)(r)), nil
	case "params":
		return q.query()
	case "pathParams":
		return expr.MapValue(expr.Texts(q.x.Params)), nil
	case "method":
		return expr.TextValue(r.Method), nil
	case "path":
		return expr.TextValue(r.URL.Path), nil
	case "paths":
		return expr.TextsValue(strings.Split(r.URL.Path, "/")), nil
	case "content":
		return (*view)(q).keep().request.text(q.x.Body), nil
	case "contentLength":
		return length(q.x.Body), nil
	case "jsonContent":
		return (*view)(q).keep().request.decoded(q.x.Body)
	case "id":
		if q.x.ID == "" {
			q.x.ID = exchange.RequestID(r)
		}
		return expr.TextValue(q.x.ID), nil
	case "uri":
		return expr.TextValue(r.URL.RequestURI()), nil
	case "host":
		return text(q.x.Caller.Host), nil
	case "version":
		return text(r.Proto), nil
	case "timestamp":
		return expr.IntValue(q.x.Received.UnixMilli()), nil
	}
	return q.connection(name)
}

// connection is what the connection says.
func (q *request) connection(name string) (expr.Value, error) {
	r := q.x.Request
	switch name {
	case "scheme":
		return text(q.x.Caller.Scheme), nil
	case "remoteAddress":
		return text(q.x.Caller.Address), nil
	case "localAddress":
		addr, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
		if !ok {
			return expr.Value{}, nil
		}
		host, _, err := net.SplitHostPort(addr.String())
		if err != nil {
			host = addr.String() // of a Unix socket
		}
		return text(host), nil
	}
	return expr.Value{}, errUnknown
}

// errQuery does not say what is wrong: a query may hold credentials.
var errQuery = errors.New("the query is malformed")

// query gives the query parameters; they are parsed once.
func (q *request) query() (expr.Value, error) {
	made := (*view)(q).keep()
	if made.params.IsNull() {
		parsed, err := url.ParseQuery(q.x.Request.URL.RawQuery)
		if err != nil {
			return expr.Value{}, errQuery
		}
		made.params = expr.MapValue(params(parsed))
	}
	return made.params, nil
}

// params is #request.params.
type params url.Values

// Get implements expr.Mapping.
func (p params) Get(name string) (expr.Value, bool) {
	values, ok := p[name]
	return expr.TextsValue(values), ok
}

// Keys implements expr.Mapping.
func (p params) Keys() []string { return slices.Sorted(maps.Keys(p)) }

// headers is #request.headers. The standard library keeps Host apart.
type headers http.Request

// Get implements expr.Mapping. Case does not count.
func (h *headers) Get(name string) (expr.Value, bool) {
	values, ok := h.Header[name]
	if !ok {
		values, ok = h.Header[http.CanonicalHeaderKey(name)]
	}
	if !ok && strings.EqualFold(name, "Host") && h.Host != "" {
		return expr.TextsValue([]string{h.Host}), true
	}
	return expr.TextsValue(values), ok
}

// Keys implements expr.Mapping.
func (h *headers) Keys() []string {
	names := slices.Collect(maps.Keys(h.Header))
	if h.Host != "" && h.Header["Host"] == nil {
		names = append(names, "Host")
	}
	slices.Sort(names)
	return names
}
