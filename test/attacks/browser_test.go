package attacks

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/test/issuer"
)

// ticket asks for a ticket and gets it.
func (r *rig) ticket(path string, headers ...string) string {
	r.t.Helper()
	got := r.do("POST", "/_penstock/tickets", `{"path":"`+path+`"}`, append([]string{"Content-Type: application/json"}, headers...)...)
	var answer struct{ Ticket string }
	if err := json.Unmarshal([]byte(got.body), &answer); err != nil || got.status != 201 || answer.Ticket == "" {
		r.t.Fatalf("got %d %s", got.status, got.body)
	}
	return answer.Ticket
}

// TestTicketReplay: a ticket opens one stream, at the path and for the operation that it was
// issued for, and nothing else.
func TestTicketReplay(t *testing.T) {
	i := issuer.Start(t)
	other := orders("none", endpoint.Requirement{tokenScheme})
	other.Descriptor.Operation = "other"
	for n := range other.Descriptor.Entrypoints {
		other.Descriptor.Entrypoints[n].Path = "/other/{id}"
	}
	r := start(t, tokensConfig(i), orders("none", endpoint.Requirement{tokenScheme}), other)
	r.produce("orders", `{"id":"a"}`)
	token := bearer(i.Token(nil))
	const stream = "Accept: text/event-stream"

	ticket := r.ticket("/orders", token)
	if got := r.event("/orders?ticket=" + ticket); got != `{"id":"a"}` {
		t.Errorf("got %s", got)
	}
	r.do("GET", "/orders?ticket="+ticket, "", stream).want(t, 401, "FAILURE_UNAUTHENTICATED")

	ticket = r.ticket("/other/1", token)
	r.do("GET", "/orders?ticket="+ticket, "", stream).want(t, 401, "FAILURE_UNAUTHENTICATED")
	r.do("GET", "/other/1?ticket="+ticket, "", stream).want(t, 401, "FAILURE_UNAUTHENTICATED") // used up by the attempt
	ticket = r.ticket("/other/1", token)
	r.do("GET", "/other/2?ticket="+ticket, "", stream).want(t, 401, "FAILURE_UNAUTHENTICATED")
	ticket = r.ticket("/other/1", token)
	if got := r.event("/other/1?ticket=" + ticket); got != `{"id":"a"}` {
		t.Errorf("got %s", got)
	}

	ticket = r.ticket("/orders", token)
	if conn, _, err := r.dial("/orders?ticket="+ticket, nil); err != nil {
		t.Errorf("a WebSocket with a ticket: %v", err)
	} else {
		_ = conn.CloseNow()
	}
	if _, response, err := r.dial("/orders?ticket="+ticket, nil); err == nil || response == nil || response.StatusCode != 401 {
		t.Errorf("the ticket opens a second WebSocket: %v", err)
	}
	ticket = r.ticket("/orders", token)
	r.do("POST", "/orders?ticket="+ticket, `{"id":"b"}`, "Content-Type: application/json").want(t, 401, "FAILURE_UNAUTHENTICATED")
	r.do("POST", "/_penstock/tickets", `{"path":"/orders"}`, "Content-Type: application/json").want(t, 401, "FAILURE_UNAUTHENTICATED")
}

// TestCookieCSRF: another site can make a browser send a request with its cookies; such a request
// does nothing.
func TestCookieCSRF(t *testing.T) {
	r := start(t, keysConfig+"cors: { allowOrigins: ['*', https://shop.example] }", orders("none", endpoint.Requirement{cookieScheme}))
	const session = "Cookie: session=" + annKey
	r.post(`{"id":"a"}`, session, "Origin: http://"+r.address).want(t, 202, "")
	r.post(`{"id":"a"}`, session, "Origin: https://shop.example").want(t, 202, "")
	for _, origin := range []string{"https://evil.example", "null", "https://shop.example.evil.example", "http://" + r.address + ".evil.example"} {
		r.post(`{"id":"a"}`, session, "Origin: "+origin).want(t, 403, "FAILURE_NOT_ALLOWED")
	}
	r.post(`{"id":"a"}`, session).want(t, 403, "FAILURE_NOT_ALLOWED")
	r.do("GET", "/orders", "", session, "Accept: application/json", "Sec-Fetch-Site: cross-site").want(t, 403, "FAILURE_NOT_ALLOWED")
	r.do("POST", "/_penstock/tickets", `{"path":"/orders"}`, session, "Content-Type: application/json", "Origin: https://evil.example").want(t, 403, "FAILURE_NOT_ALLOWED")
	r.do("POST", "/_penstock/tickets", `{"path":"/orders"}`, session, "Content-Type: text/plain", "Origin: http://"+r.address).want(t, 415, "FAILURE_UNSUPPORTED_MEDIA_TYPE")
	if _, response, err := r.dial("/orders", nil, session, "Origin: https://evil.example"); err == nil || response == nil || response.StatusCode != 403 {
		t.Errorf("a WebSocket of another site: %v", err)
	}
	if n := r.written("orders"); n != 2 {
		t.Errorf("%d records, want the two of the pages that may", n)
	}
}

// TestStreamOutlivesItsToken: streams end with the token that opened them.
func TestStreamOutlivesItsToken(t *testing.T) {
	r, i := withTokens(t)
	const skew = 60 * time.Second // that clocks may differ
	soon := func() string { return i.Token(map[string]any{"exp": time.Now().Add(10*time.Second - skew).Unix()}) }
	conn, _, err := r.dial("/orders", nil, bearer(soon()))
	if err != nil {
		t.Fatal(err)
	}
	s := r.stream("/orders", bearer(soon()))
	byTicket := r.stream("/orders?ticket=" + r.ticket("/orders", bearer(soon())))
	for _, open := range []*stream{s, byTicket} {
		for {
			if _, err := open.in.ReadString('\n'); err != nil {
				break
			}
		}
	}
	ended(t, conn)
	r.enter(i.Token(map[string]any{"exp": time.Now().Add(-skew - 5*time.Second).Unix()})).want(t, 401, "FAILURE_UNAUTHENTICATED")
}
