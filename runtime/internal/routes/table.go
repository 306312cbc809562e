package routes

import (
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/web"
)

// Page is the kind of a route that is no entrypoint, as the published documents.
const Page endpoint.Kind = "page"

// Route is one entrypoint of one operation, or a page.
type Route struct {
	Owner   string // for messages: `operation "placeOrder" of api "orders"`
	Kind    endpoint.Kind
	Method  string
	Path    string // template with its base path
	Handler echo.HandlerFunc
}

// Table is the routes of all mounted apis. It is filled, then installed once; it is not safe
// for concurrent use.
type Table struct {
	groups []*group
	index  map[string]*group
}

// group is the routes that one method and path reach.
type group struct {
	method string
	path   Path
	routes []entry
}

type entry struct {
	Route
	params []string
}

// NewTable makes an empty table.
func NewTable() *Table { return &Table{index: map[string]*group{}} }

// Add adds all routes of one owner, or none: the error names every problem.
func (t *Table) Add(routes ...Route) error {
	var problems []error
	paths := make([]Path, len(routes))
	for i, r := range routes {
		path, err := ParsePath(r.Path)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", r.Owner, err))
			continue
		}
		paths[i] = path
		if other, taken := t.taken(r, path, routes[:i], paths[:i]); taken {
			problems = append(problems, fmt.Errorf("%s and %s both serve %s %s as %s", other.Owner, r.Owner, r.Method, r.Path, r.Kind))
		}
	}
	if len(problems) > 0 {
		return errors.Join(problems...)
	}
	for i, r := range routes {
		t.insert(r, paths[i])
	}
	return nil
}

// taken finds an equal route in the table or among the ones that are about to be added.
func (t *Table) taken(r Route, path Path, pending []Route, paths []Path) (Route, bool) {
	if g, ok := t.index[key(r.Method, path)]; ok {
		for _, other := range g.routes {
			if conflict(other.Kind, r.Kind) {
				return other.Route, true
			}
		}
	}
	for i, other := range pending {
		if other.Method == r.Method && paths[i].Shape == path.Shape && conflict(other.Kind, r.Kind) {
			return other, true
		}
	}
	return Route{}, false
}

// conflict says whether two kinds cannot share a method and path.
func conflict(a, b endpoint.Kind) bool { return a == b || a == Page || b == Page }

func key(method string, path Path) string { return method + " " + path.Shape }

func (t *Table) insert(r Route, path Path) {
	g, ok := t.index[key(r.Method, path)]
	if !ok {
		g = &group{method: r.Method, path: path}
		t.index[key(r.Method, path)] = g
		t.groups = append(t.groups, g)
	}
	g.routes = append(g.routes, entry{Route: r, params: path.Params})
}

// Install registers every route. It is called once, after the last Add.
func (t *Table) Install(e *echo.Echo) {
	for _, g := range t.groups {
		e.Add(g.method, g.path.Echo, g.handler())
	}
}

// Has says whether a method and path are taken.
func (t *Table) Has(method, path string) bool {
	p, err := ParsePath(path)
	_, ok := t.index[key(method, p)]
	return err == nil && ok
}

// handler is the handler of the group: of its only route, or the choice between several.
func (g *group) handler() echo.HandlerFunc {
	if len(g.routes) == 1 {
		return g.routes[0].Handler
	}
	c := chooser{}
	for _, r := range g.routes {
		h := r.Handler
		if !slices.Equal(r.params, g.path.Params) {
			h = renamed(r.params, h)
		}
		switch r.Kind {
		case endpoint.WebSocket:
			c.websocket = h
		case endpoint.SSE:
			c.sse = h
		default:
			c.plain = h
		}
	}
	if c.plain != nil && c.sse != nil && g.method == http.MethodGet {
		return varied(c.serve)
	}
	return c.serve
}

// renamed gives the path parameters the names that one entrypoint of a shared path uses.
func renamed(params []string, next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.SetParamNames(params...)
		return next(c)
	}
}

// varied tells caches that the answer depends on Accept.
func varied(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		web.VaryByAccept(c.Response().Header())
		return next(c)
	}
}
