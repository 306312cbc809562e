package attacks

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/test/harness"
)

// closes waits until the gateway ends a connection on which a client dribbles.
func closes(t *testing.T, r *rig, begin, drop string) {
	t.Helper()
	conn := r.connect()
	if _, err := io.WriteString(conn, begin); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(harness.Patience); time.Now().Before(deadline); {
		if err := conn.SetReadDeadline(time.Now().Add(20 * time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Read(make([]byte, 512)); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			return
		}
		if _, err := io.WriteString(conn, drop); err != nil {
			return
		}
	}
	t.Error("the connection stays open for a client that dribbles")
}

// TestSlowloris: a client that sends its header or its body byte by byte loses its connection;
// everybody else is served.
func TestSlowloris(t *testing.T) {
	r := start(t, "listen: { readHeaderTimeout: 2s, readTimeout: 2s }", orders("none"))
	for range 20 {
		if _, err := io.WriteString(r.connect(), "GET /orders HTTP/1.1\r\nHost: h\r\nX-Slow: "); err != nil {
			t.Fatal(err)
		}
	}
	r.post(`{"id":"a"}`).Want(t, 202)
	closes(t, r, "GET /orders HTTP/1.1\r\nHost: h\r\nX-Slow: ", "a")
	closes(t, r, "POST /orders HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{", " ")
	if n := r.written("orders"); n != 1 {
		t.Errorf("%d records, want only the one of the client that was quick", n)
	}
}

// TestConnectionFlood: connections above the limit wait, and take no memory of the gateway.
func TestConnectionFlood(t *testing.T) {
	r := start(t, "limits: { connections: 3 }\nlisten: { readHeaderTimeout: 2s }", orders("none"))
	for range 9 { // silent clients; the gateway closes the three that it has accepted, then the next
		r.connect()
	}
	r.post(`{"id":"a"}`).Want(t, 202)
}

// TestGiantHeaders: a header above the limit is 431, and one far above it is not read to its end.
func TestGiantHeaders(t *testing.T) {
	r := start(t, "limits: { headers: 8KiB }", orders("none"))
	giant := strings.Repeat("a", 9<<10)
	r.Do("GET", "/orders", "", "X-Giant: "+giant).WantProblem(t, 431, "FAILURE_HEADERS_TOO_LARGE")
	r.Do("GET", "/orders?a="+giant, "").WantProblem(t, 431, "FAILURE_HEADERS_TOO_LARGE")
	many := make([]string, 1000)
	for i := range many {
		many[i] = "X-Many: aaaa"
	}
	r.Do("GET", "/orders", "", many...).WantProblem(t, 431, "FAILURE_HEADERS_TOO_LARGE")
	conn := r.connect()
	go func() { // it ends when the gateway closes
		_, _ = io.WriteString(conn, "GET /orders HTTP/1.1\r\nHost: h\r\n")
		for range 1 << 14 {
			if _, err := io.WriteString(conn, "X-Endless: "+giant+"\r\n"); err != nil {
				return
			}
		}
	}()
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err == nil && answer.StatusCode != 431 {
		t.Errorf("got %d for a header without end", answer.StatusCode)
	}
	_ = conn.Close()
	r.post(`{"id":"a"}`).Want(t, 202)
}

// TestHeaderSmuggling: two readers of one request must not see two different requests.
func TestHeaderSmuggling(t *testing.T) {
	r := start(t, "", orders("none"))
	const head = "POST /orders HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
	const hidden = "POST /orders HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{\"id\":\"hidden\"}"
	for name, request := range map[string]string{
		"two lengths":                   head + "Content-Length: 10\r\nContent-Length: 11\r\n\r\n{\"id\":\"a\"}" + hidden,
		"two lengths in one":            head + "Content-Length: 10, 11\r\n\r\n{\"id\":\"a\"}" + hidden,
		"length with a sign":            head + "Content-Length: +10\r\n\r\n{\"id\":\"a\"}" + hidden,
		"space before the colon":        head + "Content-Length : 10\r\n\r\n{\"id\":\"a\"}" + hidden,
		"unknown encoding":              head + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + hidden,
		"two encodings":                 head + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + hidden,
		"chunk with a broken size":      head + "Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n" + hidden,
		"two hosts":                     head + "Host: other\r\nContent-Length: 0\r\n\r\n" + hidden,
		"header name with a line break": head + "X-A\rContent-Length: 0\r\n\r\n" + hidden,
	} {
		t.Run(name, func(t *testing.T) {
			first, _ := r.raw(request)
			if first.Status < 400 {
				t.Errorf("got %d %s", first.Status, first.Body)
			}
			if n := r.written("orders"); n != 0 {
				t.Errorf("%d records: the hidden request was served", n)
			}
		})
	}
	t.Run("length and chunks", func(t *testing.T) { // RFC 9112 section 6.3: the chunks count, the connection ends
		body := "a\r\n{\"id\":\"a\"}\r\n0\r\n\r\n"
		first, rest := r.raw(head + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n" + body + hidden)
		if before := r.written("orders"); first.Status < 400 && (rest != "" || before != 1) {
			t.Errorf("got %d, then %q, and %d records", first.Status, rest, before)
		}
	})
}

// TestForgedAddress: X-Forwarded-For and Forwarded of a stranger move nobody to another address.
func TestForgedAddress(t *testing.T) {
	for _, header := range []string{"X-Forwarded-For: 198.51.100.%d", "Forwarded: for=198.51.100.%d"} {
		r := start(t, "limits: { requestsPerSecond: 1, burst: 2 }", orders("none"))
		next := 0
		harness.Eventually(t, "429, since all requests count as one address", func() bool {
			next++
			return r.post(`{"id":"a"}`, fmt.Sprintf(header, next%250)).Status == 429
		})
	}
}

// TestForgedSchemeAndHost: expressions read a scheme and a host that a proxy forwards, when it is
// trusted; not those of a stranger, and not those that its client has written before.
func TestForgedSchemeAndHost(t *testing.T) {
	asked := func(t *testing.T, config string, headers ...string) string {
		op := orders("none")
		op.Descriptor.Attributes = []endpoint.Attribute{attribute(t, "gravitee.attribute.kafka.recordKey",
			"{#request.scheme}://{#request.host} {#request.remoteAddress}")}
		r := start(t, config, op)
		r.post(`{"id":"a"}`, headers...).Want(t, 202)
		return strings.ReplaceAll(r.keys(1)[0], r.address, "gateway")
	}
	forged := []string{"X-Forwarded-For: 198.51.100.7", "X-Forwarded-Proto: https", "X-Forwarded-Host: evil.example"}
	for name, headers := range map[string][]string{
		"X-Forwarded": forged, "Forwarded": {"Forwarded: for=198.51.100.7;proto=https;host=evil.example"},
	} {
		for _, config := range []string{"", "listen: { trustedProxies: [198.51.100.0/24] }"} {
			if got := asked(t, config, headers...); got != "http://gateway 127.0.0.1" {
				t.Errorf("%s of a stranger, %q: got %s", name, config, got)
			}
		}
	}
	const trusted = "listen: { trustedProxies: [127.0.0.0/8] }"
	if got := asked(t, trusted, forged...); got != "https://evil.example 198.51.100.7" {
		t.Errorf("a trusted proxy: got %s", got)
	}
	got := asked(t, trusted, "X-Forwarded-For: 203.0.113.9, 198.51.100.7", "X-Forwarded-Proto: https, http", "X-Forwarded-Host: evil.example, shop.example")
	if got != "http://shop.example 198.51.100.7" {
		t.Errorf("what the client wrote before a trusted proxy: got %s", got)
	}
	got = asked(t, trusted, "X-Forwarded-For: 198.51.100.7", "Forwarded: for=203.0.113.9;proto=https;host=evil.example")
	if got != "http://gateway 198.51.100.7" {
		t.Errorf("Forwarded that a trusted proxy let pass: got %s", got)
	}
}

// TestRequestFlood: a client that sends too much is told to wait, others are served.
func TestRequestFlood(t *testing.T) {
	r := start(t, keysConfig+"limits: { requestsPerSecond: 1, burst: 3 }", orders("none", endpoint.Requirement{keyScheme}))
	var limited harness.Answer
	harness.Eventually(t, "429", func() bool {
		limited = r.post(`{"id":"a"}`, "X-Key: "+annKey)
		return limited.Status == 429
	})
	limited.WantProblem(t, 429, "FAILURE_TOO_MANY_REQUESTS")
	if limited.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	r.post(`{"id":"a"}`, "X-Key: "+bobKey).Want(t, 202)
}

// TestFloodWithoutCredentials: requests that are refused count for their address.
func TestFloodWithoutCredentials(t *testing.T) {
	r := start(t, keysConfig+"limits: { requestsPerSecond: 1, burst: 3 }", orders("none", endpoint.Requirement{keyScheme}))
	var limited harness.Answer
	harness.Eventually(t, "429", func() bool {
		limited = r.post(`{"id":"a"}`)
		return limited.Status != 401
	})
	limited.WantProblem(t, 429, "FAILURE_TOO_MANY_REQUESTS")
	if limited.Header.Get("Retry-After") == "" || limited.Header.Get("WWW-Authenticate") != "" {
		t.Errorf("got the header %v", limited.Header)
	}
	r.post(`{"id":"a"}`, "X-Key: "+bobKey).Want(t, 202)
}

// TestMemberFlood: an address that opens a group after the other, by identifiers of its choice, does
// not keep others from theirs.
func TestMemberFlood(t *testing.T) {
	r := start(t, "limits: { groupMembers: 4 }\nlisten: { trustedProxies: [127.0.0.0/8] }", orders("balanced"))
	const from = "X-Forwarded-For: "
	for _, address := range []string{"2001:db8::1", "2001:db8::2"} { // one client has a whole /64
		defer r.Stream("/orders", from+address, "X-Client-Identifier: one").Close()
	}
	refused := r.Do("GET", "/orders", "", "Accept: text/event-stream", from+"2001:db8::3", "X-Client-Identifier: two")
	refused.WantProblem(t, 429, "FAILURE_TOO_MANY_REQUESTS")
	if refused.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	r.Stream("/orders", from+"2001:db8::1", "X-Client-Identifier: one").Close() // the group has its member
	for _, identifier := range []string{"one", "two"} {
		defer r.Stream("/orders", from+"198.51.100.7", "X-Client-Identifier: "+identifier).Close()
	}
}
