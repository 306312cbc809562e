package gateway

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// answer is a whole HTTP answer.
type answer struct {
	status int
	header http.Header
	body   string
}

// json decodes the body.
func (a answer) json(t testing.TB) map[string]any {
	t.Helper()
	var object map[string]any
	if err := json.Unmarshal([]byte(a.body), &object); err != nil {
		t.Fatalf("%d %q is not JSON: %v", a.status, a.body, err)
	}
	return object
}

// wantProblem checks that an answer is a problem (RFC 9457) with a code.
func (a answer) wantProblem(t testing.TB, status int, code string) map[string]any {
	t.Helper()
	if a.status != status || a.header.Get("Content-Type") != "application/problem+json" {
		t.Fatalf("got %d %s %s, want %d %s", a.status, a.header.Get("Content-Type"), a.body, status, code)
	}
	problem := a.json(t)
	if problem["code"] != code || problem["status"] != float64(status) || problem["title"] == "" {
		t.Errorf("got %s, want code %s", a.body, code)
	}
	return problem
}

// request sends a request; headers are "Name: value".
func (r *rig) request(method, path, body string, headers ...string) *http.Request {
	r.t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), method, r.url+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		req.Header.Add(name, value)
	}
	return req
}

// do sends a request and reads the whole answer.
func (r *rig) do(method, path, body string, headers ...string) answer {
	r.t.Helper()
	req := r.request(method, path, body, headers...)
	ctx, cancel := context.WithTimeout(req.Context(), patience)
	defer cancel()
	response, err := r.http.Do(req.WithContext(ctx))
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, string(text)}
}

// post publishes JSON to /orders.
func (r *rig) post(body string, headers ...string) answer {
	r.t.Helper()
	return r.do(http.MethodPost, "/orders", body, append([]string{"Content-Type: application/json"}, headers...)...)
}

// adminGet asks the admin listener.
func (r *rig) adminGet(path string) (int, string) {
	r.t.Helper()
	response, err := r.http.Get(r.admin + path)
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

// event is one event of a stream, or a comment alone.
type event struct {
	id, name, data string
	comments       []string
}

// events is an open stream of Server-Sent Events, read as the standard says.
type events struct {
	t      testing.TB
	header http.Header
	cancel context.CancelFunc
	next   chan event
}

// stream opens a stream at /orders; it is closed with the test.
func (r *rig) stream(path string, headers ...string) *events {
	r.t.Helper()
	req := r.request(http.MethodGet, path, "", append([]string{"Accept: text/event-stream"}, headers...)...)
	ctx, cancel := context.WithCancel(context.Background())
	response, err := r.http.Do(req.WithContext(ctx))
	if err != nil {
		cancel()
		r.t.Fatal(err)
	}
	if response.StatusCode != http.StatusOK || !strings.HasPrefix(response.Header.Get("Content-Type"), "text/event-stream") {
		text, _ := io.ReadAll(response.Body)
		_ = response.Body.Close()
		cancel()
		r.t.Fatalf("the stream was answered with %d %s", response.StatusCode, text)
	}
	e := &events{t: r.t, header: response.Header, cancel: cancel, next: make(chan event, 1000)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer close(e.next)
		defer func() { _ = response.Body.Close() }()
		e.read(bufio.NewReader(response.Body))
	}()
	r.t.Cleanup(func() {
		cancel()
		<-done
	})
	return e
}

func (e *events) read(in *bufio.Reader) {
	var now event
	var data []string
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		field, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case line == "\n":
			now.data = strings.Join(data, "\n")
			if len(data) > 0 || len(now.comments) > 0 || now.name != "" || now.id != "" {
				e.next <- now
			}
			now, data = event{}, nil
		case field == "":
			now.comments = append(now.comments, value)
		case field == "id":
			now.id = value
		case field == "event":
			now.name = value
		case field == "data":
			data = append(data, value)
		}
	}
}

// event gives the next event with data; comments alone are passed over.
func (e *events) event() event {
	e.t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case got, open := <-e.next:
			if !open {
				e.t.Fatal("the stream has ended")
			}
			if got.name != "" {
				return got
			}
		case <-deadline:
			e.t.Fatal("no event came in time")
		}
	}
}

// wantData checks the data of the next events.
func (e *events) wantData(want ...string) (last event) {
	e.t.Helper()
	for _, data := range want {
		if last = e.event(); last.data != data {
			e.t.Fatalf("got %q (event %s), want %q", last.data, last.name, data)
		}
	}
	return last
}

// ended waits for the end of the stream and gives the events before it.
func (e *events) ended() []event {
	e.t.Helper()
	var rest []event
	deadline := time.After(patience)
	for {
		select {
		case got, open := <-e.next:
			if !open {
				return rest
			}
			rest = append(rest, got)
		case <-deadline:
			e.t.Fatal("the stream did not end in time")
		}
	}
}

// order is a valid payload.
func order(n int) string { return fmt.Sprintf(`{"id":"o-%d"}`, n) }
