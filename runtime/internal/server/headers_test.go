package server

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestHeaderLimit(t *testing.T) {
	cfg := local()
	cfg.Limits.Headers = 1024
	s := client(t, cfg, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "ok") })
	const request = "GET / HTTP/1.1\r\nHost: h\r\nX: %s\r\n\r\n"
	space := 1024 - len("GET / HTTP/1.1\r\nHost: h\r\nX: \r\n\r\n")
	if r, body := ask(t, s.Address(), fmt.Sprintf(request, strings.Repeat("a", space))); r.StatusCode != 200 || body != "ok" {
		t.Errorf("at the limit: got %d %q", r.StatusCode, body)
	}
	r, body := ask(t, s.Address(), fmt.Sprintf(request, strings.Repeat("a", space+1)))
	if r.StatusCode != 431 || r.Header.Get("Content-Type") != "application/problem+json" || !strings.Contains(body, `"detail":"the request's header is larger than 1024 bytes","code":"FAILURE_HEADERS_TOO_LARGE"`) {
		t.Errorf("above the limit: got %d %q", r.StatusCode, body)
	}
	if r, _ := ask(t, s.Address(), fmt.Sprintf(request, strings.Repeat("a", 8192))); r.StatusCode != 431 {
		t.Errorf("far above the limit: got %d", r.StatusCode)
	}
}

// TestHeaderLimitOverHTTP2: the answer must not end a connection that a proxy shares among clients.
func TestHeaderLimitOverHTTP2(t *testing.T) {
	for major, want := range map[int]string{1: "close", 2: ""} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.ProtoMajor = major
		r.Header.Set("X", strings.Repeat("a", 1024))
		w := httptest.NewRecorder()
		limitHeaders(1024, http.NotFoundHandler()).ServeHTTP(w, r)
		if got := w.Header().Get("Connection"); w.Code != 431 || got != want {
			t.Errorf("HTTP/%d: got %d, Connection %q, want %q", major, w.Code, got, want)
		}
	}
}

// TestConnectionEndsAfterChunks: nothing that follows a body in chunks is a request.
func TestConnectionEndsAfterChunks(t *testing.T) {
	served := make(chan string, 10)
	s := client(t, local(), func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		served <- r.URL.Path + " " + string(body)
		fmt.Fprint(w, "ok")
	})
	conn, err := net.Dial("tcp", s.Address())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	const request = "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
	if _, err := io.WriteString(conn, request+"GET /hidden HTTP/1.1\r\nHost: h\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReader(conn)
	answer, err := http.ReadResponse(in, nil)
	if err != nil || answer.StatusCode != http.StatusOK || !answer.Close {
		t.Fatalf("got %v, %v", answer, err)
	}
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		t.Fatal(err)
	}
	if rest, err := io.ReadAll(in); len(rest) > 0 {
		t.Errorf("then %q, %v", rest, err)
	}
	if got := <-served; got != "/a ok" || len(served) > 0 {
		t.Errorf("served %q and %d more", got, len(served))
	}
}
