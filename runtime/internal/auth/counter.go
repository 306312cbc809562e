package auth

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
)

// TicketPath is where tickets are asked for, with POST.
const TicketPath = "/_penstock/tickets"

// maxTicketBody bounds the body of such a request, in bytes.
const maxTicketBody = 16 << 10

// Counter issues tickets: a browser's EventSource and WebSocket cannot set headers, so a page asks
// with its credentials for a ticket, and opens the stream with ?ticket=.
//
// at gives the policies of the operations that GET serves at a path, none where it serves nothing.
// admitted is called with each caller that is about to get a ticket.
func (g *Gate) Counter(at func(path *url.URL) []*Policy, admitted func(*http.Request, exchange.Identity) error) echo.HandlerFunc {
	return func(c echo.Context) error {
		path, err := askedPath(c)
		if err != nil {
			return err
		}
		policies := at(path)
		if len(policies) == 0 {
			return core.NewError(core.CodeNotFound, "no operation has this path and GET")
		}
		identities, first, err := admittedBy(c, policies)
		if err != nil {
			return err
		}
		if err := admitted(c.Request(), first); err != nil {
			return err
		}
		text, err := g.tickets.issue(first.Subject, path.Path, identities)
		if err != nil {
			return err
		}
		life := ticketLife
		if !first.Expires.IsZero() {
			life = min(life, max(0, first.Expires.Sub(g.tickets.now())))
		}
		c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
		return c.JSON(http.StatusCreated, struct {
			Ticket    string `json:"ticket"`
			ExpiresIn int    `json:"expiresIn"`
		}{text, int(life / time.Second)})
	}
}

// askedPath reads the path that a ticket is asked for.
func askedPath(c echo.Context) (*url.URL, error) {
	malformed := func(detail string) error { return core.NewError(core.CodeInvalidRequest, detail) }
	media, _, _ := strings.Cut(c.Request().Header.Get(echo.HeaderContentType), ";")
	if !strings.EqualFold(strings.TrimSpace(media), echo.MIMEApplicationJSON) {
		return nil, core.NewError(core.CodeUnsupportedMedia, "a ticket is asked for with application/json")
	}
	var body struct {
		Path string `json:"path"`
	}
	decoder := json.NewDecoder(http.MaxBytesReader(c.Response(), c.Request().Body, maxTicketBody))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&body); err != nil {
		return nil, malformed(`the body is {"path": "/path/of/the/stream"}`)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, malformed("the body has more than one value")
	}
	path, err := url.ParseRequestURI(body.Path)
	if err != nil || !strings.HasPrefix(body.Path, "/") || path.RawQuery != "" || path.ForceQuery || path.Host != "" {
		return nil, malformed("path starts with / and has no query")
	}
	return path, nil
}

// admittedBy checks the credentials of a request against each policy. It gives the callers that
// they admit, and the first of them; an error where none does.
func admittedBy(c echo.Context, policies []*Policy) (identities map[*Policy]exchange.Identity, first exchange.Identity, err error) {
	identities = map[*Policy]exchange.Identity{}
	var failure error
	var refused *Policy
	r := policies[0].gate.request(c.Request())
	for _, p := range policies {
		if len(p.alternatives) == 0 {
			continue
		}
		identity, err := p.identify(r)
		if err == nil && identity.Subject == "" {
			err = errAbsent // a ticket for nobody lets nobody in
		}
		if err != nil {
			if failure == nil || rank(err) > rank(failure) {
				failure, refused = err, p
			}
			continue
		}
		if identities[p] = identity; first.Subject == "" {
			first = identity
		}
	}
	switch {
	case len(identities) > 0:
		r.forgive()
		return identities, first, nil
	case refused != nil:
		return nil, first, refused.denied(c, failure)
	}
	return nil, first, core.NewError(core.CodeInvalidRequest, "the operation at this path needs no credentials, and so no ticket")
}
