package auth

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
	"github.com/penstock-dev/penstock/test/issuer"
)

// withCounter makes a door that issues tickets too, at /orders and /other, to callers that
// spend lets through, with a clock.
func withCounter(t *testing.T, i *issuer.Issuer, requirements ...endpoint.Requirement) (*door, *clock) {
	t.Helper()
	d := newDoor(t, everySetting(t, i), requirements...)
	c := &clock{at: time.Now()}
	d.gate.tickets = newTickets(c.now)
	at := func(path *url.URL) []*Policy {
		if path.Path == "/orders" || path.Path == "/other" {
			return []*Policy{d.policy}
		}
		return nil
	}
	spend := func(_ *http.Request, identity exchange.Identity) error {
		if identity.Subject == "busy" {
			return tooMany("busy", 1)
		}
		return nil
	}
	d.echo.POST(TicketPath, d.gate.Counter(at, spend))
	return d, c
}

// ask asks for a ticket.
func (d *door) ask(body string, headers ...string) *httptest.ResponseRecorder {
	d.t.Helper()
	r := httptest.NewRequestWithContext(d.t.Context(), http.MethodPost, TicketPath, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	return d.serve(r)
}

// ticket asks for a ticket and gets it.
func (d *door) ticket(path string, headers ...string) (ticket string, life int) {
	d.t.Helper()
	w := d.ask(`{"path":"`+path+`"}`, headers...)
	var answer struct {
		Ticket    string
		ExpiresIn int
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != http.StatusCreated || len(answer.Ticket) != 43 {
		d.t.Fatalf("got %d %s", w.Code, w.Body)
	}
	if got := w.Header().Get("Cache-Control"); got != "no-store" {
		d.t.Errorf("Cache-Control is %q", got)
	}
	return answer.Ticket, answer.ExpiresIn
}

const noTicket = "the ticket is unknown, used or over, or one for another path"

func TestTicket(t *testing.T) {
	i := issuer.Start(t)
	d, c := withCounter(t, i, one(oauthScheme))
	token := bearer(i.Token(map[string]any{"tenant": "eu", "scope": "orders:read"}))
	first, life := d.ticket("/orders", token)
	if life != 30 {
		t.Errorf("lives %d seconds", life)
	}
	ann := d.admits("GET", "/orders?a=%20b&ticket="+first+"&c=d", "X-Key: wrong")
	if ann.Subject != "ann" || ann.Claims["tenant"] != "eu" || ann.Expires.IsZero() {
		t.Errorf("got %+v", ann)
	}
	if d.url != "/orders?a=%20b&c=d /orders?a=%20b&c=d" {
		t.Errorf("behind the gate the request is %s", d.url)
	}
	d.refuses(401, noTicket, "GET", "/orders?ticket="+first)
	d.refuses(401, noTicket, "GET", "/orders?ticket=", token)
	d.refuses(401, noTicket, "GET", "/orders?ticket=%zz", token)

	other, _ := d.ticket("/other", token)
	d.refuses(401, noTicket, "GET", "/orders?ticket="+other)
	d.refuses(401, "a ticket is for GET", "POST", "/orders?ticket="+other)

	late, _ := d.ticket("/orders", token)
	c.advance(ticketLife)
	d.refuses(401, noTicket, "GET", "/orders?ticket="+late)
	if len(d.gate.tickets.byHash) != 0 || d.gate.tickets.oldest.Len() != 0 || len(d.gate.tickets.of) != 0 {
		t.Error("tickets that are over are kept")
	}
	if log := d.log.String(); strings.Contains(log, first) || strings.Contains(log, late) {
		t.Errorf("the log has a ticket:\n%s", log)
	}
}

// TestTicketEndsWithItsCredentials: a ticket does not make a token live longer.
func TestTicketEndsWithItsCredentials(t *testing.T) {
	i := issuer.Start(t)
	d, c := withCounter(t, i, one(bearerScheme))
	text, life := d.ticket("/orders", bearer(i.Token(map[string]any{"exp": c.now().Add(25*time.Second - skew).Unix()})))
	if life < 24 || life > 25 {
		t.Errorf("lives %d seconds", life)
	}
	c.advance(26 * time.Second)
	d.refuses(401, noTicket, "GET", "/orders?ticket="+text)
}

// TestTicketIsForItsOperation: an operation that would not have admitted the caller does not
// admit the ticket.
func TestTicketIsForItsOperation(t *testing.T) {
	i := issuer.Start(t)
	d, _ := withCounter(t, i, one(bearerScheme))
	text, _ := d.ticket("/orders", bearer(i.Token(nil)))
	d.policy = d.gate.Require("another operation", []endpoint.Requirement{{oauthScheme}})
	d.refuses(401, noTicket, "GET", "/orders?ticket="+text)
}

func TestTicketRequests(t *testing.T) {
	i := issuer.Start(t)
	d, _ := withCounter(t, i, one(bearerScheme), one(cookieScheme), one())
	token := bearer(i.Token(nil))
	for _, test := range []struct {
		body, header string
		status       int
		detail       string
	}{
		{`{"path":"/orders"}`, "A: b", 401, "the operation needs credentials"},
		{`{"path":"/orders"}`, bearer("wrong"), 401, "the token is not a JWT with an accepted signature algorithm"},
		{`{"path":"/orders"}`, "Cookie: session=key of ann", 403, "a request with credentials in a cookie needs an Origin"},
		{`{"path":"/absent"}`, token, 404, "no operation has this path and GET"},
		{`{"path":"/orders?a=b"}`, token, 400, "path starts with / and has no query"},
		{`{"path":"//evil.example/orders"}`, token, 404, "no operation has this path and GET"},
		{`{"path":"http://evil.example/orders"}`, token, 400, "path starts with / and has no query"},
		{`{"path":""}`, token, 400, "path starts with / and has no query"},
		{`{"path":1}`, token, 400, `the body is {"path": "/path/of/the/stream"}`},
		{`{"pfad":"/orders"}`, token, 400, `the body is {"path": "/path/of/the/stream"}`},
		{`{"path":"/orders"} {}`, token, 400, "the body has more than one value"},
		{`{"path":"/` + strings.Repeat("a", maxTicketBody) + `"}`, token, 400, `the body is {"path": "/path/of/the/stream"}`},
		{`path=/orders`, "Content-Type: application/x-www-form-urlencoded", 415, "a ticket is asked for with application/json"},
		{`{"path":"/orders"}`, bearer(i.Token(map[string]any{"sub": "busy"})), 429, "busy"},
	} {
		w := d.ask(test.body, test.header)
		want, _ := json.Marshal(test.detail)
		if w.Code != test.status || !strings.Contains(w.Body.String(), strings.NewReplacer(`\u003c`, "<", `\u003e`, ">").Replace(string(want))) {
			t.Errorf("%.60s: got %d %s, want %d %s", test.body, w.Code, w.Body, test.status, test.detail)
		}
	}
	open, _ := withCounter(t, i)
	if w := open.ask(`{"path":"/orders"}`, token); w.Code != 400 || !strings.Contains(w.Body.String(), "needs no credentials, and so no ticket") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

func TestTicketsAreBounded(t *testing.T) {
	c := &clock{at: time.Now()}
	all := newTickets(c.now)
	for range maxTicketsOf {
		if _, err := all.issue("ann", "/", nil); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := all.issue("ann", "/", nil); core.CodeOf(err) != core.CodeTooManyRequests {
		t.Errorf("got %v", err)
	}
	for i := range maxTickets - maxTicketsOf {
		if _, err := all.issue(fmt.Sprint(i/maxTicketsOf), "/", nil); err != nil {
			t.Fatal(err)
		}
	}
	_, err := all.issue("bob", "/", nil)
	var e *core.Error
	if !errors.As(err, &e) || e.Code.Status() != http.StatusServiceUnavailable || e.RetryAfter != 30 {
		t.Errorf("got %v", err)
	}
	c.advance(ticketLife)
	if _, err := all.issue("bob", "/", nil); err != nil || len(all.byHash) != 1 {
		t.Errorf("got %v and %d tickets", err, len(all.byHash))
	}
}
