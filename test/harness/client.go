package harness

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// Client sends requests to a gateway. Headers are given as "Name: value". Its methods fail the test
// where there is no answer, and are safe for concurrent use where the fields stay as they are.
type Client struct {
	T    testing.TB
	URL  string // before every path
	HTTP *http.Client
}

// NewClient makes a client, with connections of its own that end with the test.
func NewClient(t testing.TB, url string) *Client {
	transport := &http.Transport{DisableCompression: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &Client{T: t, URL: url, HTTP: &http.Client{Transport: transport}}
}

// Request makes a request that is not sent.
func (c *Client) Request(method, path, body string, headers ...string) *http.Request {
	c.T.Helper()
	request, err := http.NewRequestWithContext(context.Background(), method, c.URL+path, strings.NewReader(body))
	if err != nil {
		c.T.Fatal(err)
	}
	request.Header = header(headers)
	return request
}

func header(lines []string) http.Header {
	h := http.Header{}
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		h.Add(name, value)
	}
	return h
}

// Send sends a request and reads the whole answer.
func (c *Client) Send(request *http.Request) Answer {
	c.T.Helper()
	ctx, cancel := context.WithTimeout(request.Context(), Patience)
	defer cancel()
	response, err := c.HTTP.Do(request.WithContext(ctx))
	if err != nil {
		c.T.Fatal(err)
	}
	return ReadAnswer(c.T, response)
}

// Do makes a request, sends it and reads the whole answer.
func (c *Client) Do(method, path, body string, headers ...string) Answer {
	c.T.Helper()
	return c.Send(c.Request(method, path, body, headers...))
}

// PostJSON is Do for JSON.
func (c *Client) PostJSON(path, body string, headers ...string) Answer {
	c.T.Helper()
	return c.Do(http.MethodPost, path, body, append([]string{"Content-Type: application/json"}, headers...)...)
}

// Answer is a whole HTTP answer.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

// ReadAnswer reads an answer to its end and closes it.
func ReadAnswer(t testing.TB, response *http.Response) Answer {
	t.Helper()
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return Answer{response.StatusCode, response.Header, string(text)}
}

// JSON decodes the body, which is an object.
func (a Answer) JSON(t testing.TB) map[string]any {
	t.Helper()
	var object map[string]any
	if err := json.Unmarshal([]byte(a.Body), &object); err != nil {
		t.Fatalf("%d %q is not JSON: %v", a.Status, a.Body, err)
	}
	return object
}

// Want checks the status of an answer, and gives the answer.
func (a Answer) Want(t testing.TB, status int) Answer {
	t.Helper()
	if a.Status != status {
		t.Errorf("got %d %s, want %d", a.Status, a.Body, status)
	}
	return a
}

// WantProblem checks that an answer is a problem (RFC 9457) with a code, and gives it.
func (a Answer) WantProblem(t testing.TB, status int, code string) map[string]any {
	t.Helper()
	if a.Status != status || a.Header.Get("Content-Type") != "application/problem+json" {
		t.Fatalf("got %d %s %s, want %d %s", a.Status, a.Header.Get("Content-Type"), a.Body, status, code)
	}
	problem := a.JSON(t)
	if problem["code"] != code || problem["status"] != float64(status) || problem["title"] == "" {
		t.Errorf("got %s, want code %s", a.Body, code)
	}
	return problem
}
