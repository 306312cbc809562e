package runtime

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/labstack/echo/v4"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/compile"
	"github.com/penstock-dev/penstock/runtime/internal/config"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints/get"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints/post"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints/sse"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints/websocket"
	"github.com/penstock-dev/penstock/runtime/internal/published"
	"github.com/penstock-dev/penstock/runtime/internal/routes"
	"github.com/penstock-dev/penstock/runtime/internal/scope"
)

// handlers makes the handler of each kind of entrypoint.
var handlers = map[endpoint.Kind]func(*entrypoints.Host, *entrypoints.Operation, endpoint.Entrypoint) (echo.HandlerFunc, error){
	endpoint.HTTPPost:  post.New,
	endpoint.HTTPGet:   get.New,
	endpoint.SSE:       sse.New,
	endpoint.WebSocket: websocket.New,
}

// apiName is what an api may be called; it stands in paths, packages and group ids.
var apiName = regexp.MustCompile(`^[a-z0-9_]+$`)

// Mount adds an api: its configuration is merged and validated, its validators and routes are
// compiled. It returns every problem, joined; an api with a problem is not mounted.
func (gw *Gateway) Mount(api API) error {
	gw.mu.Lock()
	defer gw.mu.Unlock()
	if gw.sealed {
		return fmt.Errorf("api %q is mounted after the gateway has started", api.Name)
	}
	if !apiName.MatchString(api.Name) {
		return fmt.Errorf("api %q: a name has letters a-z, digits and _", api.Name)
	}
	for _, m := range gw.apis {
		if m.api.Name == api.Name {
			return fmt.Errorf("api %q is mounted twice: from %q and %q", api.Name, m.api.Source, api.Source)
		}
	}
	cfg, err := gw.cfg.APIs.Resolve(namesOf(api))
	problems := []error{err, checkAllow(api, cfg)}
	env, failed := gw.environment(api)
	if failed != nil {
		return failed
	}
	m := mounted{api: api}
	var all []routes.Route
	for _, op := range api.Operations {
		out, added, err := gw.compile(api, op, cfg, env)
		problems = append(problems, err)
		all = append(all, added...)
		m.add(op.Descriptor, cfg, out.Entrypoints)
	}
	if err := errors.Join(problems...); err != nil {
		return err
	}
	if err := gw.table.Add(all...); err != nil {
		return err
	}
	gw.apis = append(gw.apis, m)
	return nil
}

// add notes what an operation serves, beside what its document says.
func (m *mounted) add(d endpoint.Descriptor, cfg config.API, entrypoints []endpoint.Entrypoint) {
	m.base = published.Base{Before: d.BasePath, After: cmp.Or(cfg.BasePath, d.BasePath)}
	for _, e := range entrypoints {
		m.operations = append(m.operations, served{d.Operation, string(e.Kind), e.Method, e.Path})
	}
	for _, e := range d.Entrypoints {
		r := published.Route{Kind: e.Kind, Method: e.Method, Before: e.Path}
		for _, now := range entrypoints {
			if now.Kind == e.Kind && now.Method == e.Method {
				r.After = "/" + strings.TrimPrefix(strings.TrimPrefix(now.Path, strings.TrimRight(m.base.After, "/")), "/")
			}
		}
		m.routes = append(m.routes, r)
	}
}

// namesOf lists the names that the configuration of an api may use.
func namesOf(api API) config.Names {
	n := config.Names{API: api.Name}
	for _, op := range api.Operations {
		n.Operations = append(n.Operations, op.Descriptor.Operation)
		for _, name := range compile.Endpoints(op.Descriptor) {
			if !slices.Contains(n.Endpoints, name) {
				n.Endpoints = append(n.Endpoints, name)
			}
		}
	}
	return n
}

// compile makes the routes of one operation.
func (gw *Gateway) compile(api API, op Operation, cfg config.API, env *scope.Environment) (compile.Output, []routes.Route, error) {
	d := op.Descriptor
	owner := fmt.Sprintf("operation %q of api %q", d.Operation, api.Name)
	if d.API != api.Name {
		return compile.Output{}, nil, fmt.Errorf("%s: its descriptor is of api %q", owner, d.API)
	}
	out, err := compile.Operation(compile.Input{
		Descriptor: d, Config: cfg, Tenant: gw.cfg.Tenant, Clients: gw.kafka, Env: env, Log: gw.log,
		Publish: publishHook(op.Publish), Subscribe: subscribeHook(op.Subscribe),
	})
	if err != nil {
		return compile.Output{}, nil, err
	}
	policy := gw.gate.Require(owner, d.Security)
	var added []routes.Route
	var problems []error
	for _, e := range out.Entrypoints {
		construct, known := handlers[e.Kind]
		if !known {
			problems = append(problems, fmt.Errorf("%s: entrypoint %q is not served by this version", owner, e.Kind))
			continue
		}
		handler, err := construct(gw.host, out.Operation, e)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", owner, err))
			continue
		}
		handler = gw.counted(out.Operation, e.Kind, gw.admit(policy, gw.around(api.Name, handler)))
		gw.guard(e.Method, e.Path, policy)
		added = append(added, routes.Route{Owner: owner, Kind: e.Kind, Method: e.Method, Path: e.Path, Handler: handler})
	}
	return out, added, errors.Join(problems...)
}

// around puts the middleware of an api around a handler, when the first request comes: Use may
// come after Mount.
func (gw *Gateway) around(api string, handler echo.HandlerFunc) echo.HandlerFunc {
	built := sync.OnceValue(func() echo.HandlerFunc {
		gw.mu.Lock()
		defer gw.mu.Unlock()
		h := handler
		for _, mw := range slices.Backward(gw.middleware[api]) {
			h = mw(h)
		}
		return h
	})
	return func(c echo.Context) error { return built()(c) }
}

func publishHook(p Pipe) func(context.Context, *http.Request, map[string]string, *core.Record) error {
	if p == nil {
		return nil
	}
	return p.publish
}

func subscribeHook(p Pipe) func(context.Context, *core.Record) (*core.Record, error) {
	if p == nil {
		return nil
	}
	return p.subscribe
}
