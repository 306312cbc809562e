package attacks

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/test/harness"
	"github.com/penstock-dev/penstock/test/issuer"
)

// ticket asks for a ticket and gets it.
func (r *rig) ticket(path string, headers ...string) string {
	r.t.Helper()
	got := r.Do("POST", "/_penstock/tickets", `{"path":"`+path+`"}`, append([]string{"Content-Type: application/json"}, headers...)...)
	var answer struct{ Ticket string }
	if err := json.Unmarshal([]byte(got.Body), &answer); err != nil || got.Status != 201 || answer.Ticket == "" {
		r.t.Fatalf("got %d %s", got.Status, got.Body)
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
	r.Do("GET", "/orders?ticket="+ticket, "", stream).WantProblem(t, 401, "FAILURE_UNAUTHENTICATED")

	ticket = r.ticket("/other/1", token)
	r.Do("GET", "/orders?ticket="+ticket, "", stream).WantProblem(t, 401, "FAILURE_UNAUTHENTICATED")
	r.Do("GET", "/other/1?ticket="+ticket, "", stream).WantProblem(t, 401, "FAILURE_UNAUTHENTICATED") // used up by the attempt
	ticket = r.ticket("/other/1", token)
	r.Do("GET", "/other/2?ticket="+ticket, "", stream).WantProblem(t, 401, "FAILURE_UNAUTHENTICATED")
	ticket = r.ticket("/other/1", token)
	if got := r.event("/other/1?ticket=" + ticket); got != `{"id":"a"}` {
		t.Errorf("got %s", got)
	}

	ticket = r.ticket("/orders", token)
	if socket, _, err := r.Dial("/orders?ticket="+ticket, nil); err != nil {
		t.Errorf("a WebSocket with a ticket: %v", err)
	} else {
		_ = socket.Conn.CloseNow()
	}
	if _, response, err := r.Dial("/orders?ticket="+ticket, nil); err == nil || response == nil || response.StatusCode != 401 {
		t.Errorf("the ticket opens a second WebSocket: %v", err)
	}
	ticket = r.ticket("/orders", token)
	r.Do("POST", "/orders?ticket="+ticket, `{"id":"b"}`, "Content-Type: application/json").WantProblem(t, 401, "FAILURE_UNAUTHENTICATED")
	r.Do("POST", "/_penstock/tickets", `{"path":"/orders"}`, "Content-Type: application/json").WantProblem(t, 401, "FAILURE_UNAUTHENTICATED")
}

// TestCookieCSRF: another site can make a browser send a request with its cookies; such a request
// does nothing.
func TestCookieCSRF(t *testing.T) {
	r := start(t, keysConfig+"cors: { allowOrigins: ['*', https://shop.example] }", orders("none", endpoint.Requirement{cookieScheme}))
	const session = "Cookie: session=" + annKey
	r.post(`{"id":"a"}`, session, "Origin: http://"+r.address).Want(t, 202)
	r.post(`{"id":"a"}`, session, "Origin: https://shop.example").Want(t, 202)
	for _, origin := range []string{"https://evil.example", "null", "https://shop.example.evil.example", "http://" + r.address + ".evil.example"} {
		r.post(`{"id":"a"}`, session, "Origin: "+origin).WantProblem(t, 403, "FAILURE_NOT_ALLOWED")
	}
	r.post(`{"id":"a"}`, session).WantProblem(t, 403, "FAILURE_NOT_ALLOWED")
	r.Do("GET", "/orders", "", session, "Accept: application/json", "Sec-Fetch-Site: cross-site").WantProblem(t, 403, "FAILURE_NOT_ALLOWED")
	r.Do("POST", "/_penstock/tickets", `{"path":"/orders"}`, session, "Content-Type: application/json", "Origin: https://evil.example").WantProblem(t, 403, "FAILURE_NOT_ALLOWED")
	r.Do("POST", "/_penstock/tickets", `{"path":"/orders"}`, session, "Content-Type: text/plain", "Origin: http://"+r.address).WantProblem(t, 415, "FAILURE_UNSUPPORTED_MEDIA_TYPE")
	if _, response, err := r.Dial("/orders", nil, session, "Origin: https://evil.example"); err == nil || response == nil || response.StatusCode != 403 {
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
	socket, _, err := r.Dial("/orders", nil, bearer(soon()))
	if err != nil {
		t.Fatal(err)
	}
	s := r.Stream("/orders", bearer(soon()))
	byTicket := r.Stream("/orders?ticket=" + r.ticket("/orders", bearer(soon())))
	for _, open := range []*harness.Stream{s, byTicket} {
		open.Ended()
	}
	_ = socket.Closed() // however it is closed
	r.enter(i.Token(map[string]any{"exp": time.Now().Add(-skew - 5*time.Second).Unix()})).WantProblem(t, 401, "FAILURE_UNAUTHENTICATED")
}
