package runtime

import (
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"

	"github.com/labstack/echo/v4"

	"github.com/penstock-dev/penstock/runtime/internal/auth"
	"github.com/penstock-dev/penstock/runtime/internal/caller"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
	"github.com/penstock-dev/penstock/runtime/internal/routes"
	"github.com/penstock-dev/penstock/runtime/internal/server"
)

func newGate(cfg Config, log *slog.Logger, find *caller.Finder) *auth.Gate {
	return auth.New(auth.Options{
		Log: log, Address: find.Address, OriginTrusted: find.OriginTrusted,
		ClientCertificates: server.VerifiesClients(cfg.Listen.TLS),
	})
}

// admit finds out who sends a request and counts it against the rate of its sender, before the
// middleware of the api. What it finds is in the context of the request.
func (gw *Gateway) admit(policy *auth.Policy, next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		known := &exchange.Known{Credentials: gw.gate.Headers()}
		c.SetRequest(c.Request().WithContext(exchange.With(c.Request().Context(), known)))
		identity, err := policy.Authenticate(c)
		if err != nil {
			return gw.refuse(c, err)
		}
		known.Identity = identity
		if err := gw.spend(c.Request(), identity); err != nil {
			return err
		}
		return next(c)
	}
}

// refuse counts a request that nobody may send against the rate of its address, and gives the
// error that answers it.
func (gw *Gateway) refuse(c echo.Context, refusal error) error {
	if err := gw.spend(c.Request(), exchange.Identity{}); err != nil {
		c.Response().Header().Del(echo.HeaderWWWAuthenticate) // of the 401
		return err
	}
	return refusal
}

// spend counts a request against the rate of its sender.
func (gw *Gateway) spend(r *http.Request, identity exchange.Identity) error {
	if gw.rate == nil {
		return nil
	}
	return gw.rate.Take(exchange.Caller{Identity: identity, Address: gw.echo.IPExtractor(r)})
}

// guard notes which policy guards a route, for tickets.
func (gw *Gateway) guard(method, path string, policy *auth.Policy) {
	if p, err := routes.ParsePath(path); err == nil { // else the route is refused
		at := method + " " + p.Shape
		gw.policies[at] = append(gw.policies[at], policy)
	}
}

// openGate gives every security scheme its verifier. Where operations require credentials, it adds
// the path of tickets.
func (gw *Gateway) openGate() error {
	schemes := gw.gate.Schemes()
	settings, err := gw.cfg.Auth.Resolve(schemes)
	problems := []error{err, gw.gate.Open(settings)}
	if len(schemes) > 0 {
		problems = append(problems, gw.table.Add(routes.Route{
			Owner: "the tickets of the gateway", Kind: routes.Page, Method: http.MethodPost, Path: auth.TicketPath,
			Handler: gw.gate.Counter(gw.policiesAt, gw.spend),
		}))
	}
	return errors.Join(problems...)
}

// parameter is a path parameter in a path of the router.
var parameter = regexp.MustCompile(`/:[^/]+`)

// policiesAt finds the policies of the operations that GET serves at a path, as the router finds
// the operations.
func (gw *Gateway) policiesAt(path *url.URL) []*auth.Policy {
	text := path.RawPath
	if text == "" {
		text = path.Path
	}
	found := gw.echo.AcquireContext()
	defer gw.echo.ReleaseContext(found)
	found.Reset(&http.Request{Method: http.MethodGet, URL: path}, nil)
	gw.echo.Router().Find(http.MethodGet, text, found)
	shape := parameter.ReplaceAllString(found.Path(), "/{}")
	return gw.policies[http.MethodGet+" "+shape]
}
