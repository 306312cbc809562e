package web

import (
	"net/http"
	"strings"
	"testing"
)

func TestNegotiate(t *testing.T) {
	for _, c := range []struct {
		accept []string
		want   string
	}{
		{nil, "application/json"},
		{[]string{""}, "application/json"},
		{[]string{"*/*"}, "application/json"},
		{[]string{"application/grpc;q=0.8, */*;q=0.9"}, "application/json"},
		{[]string{"application/grpc;q=0.9,application/jwt;q=0.8", "text/plain;q=0.1"}, "text/plain"},
		{[]string{"application/grpc,application/xml", "application/json"}, "application/xml"},
		{[]string{"text/*"}, "text/plain"},
		{[]string{"*/*, application/xml"}, "application/xml"},
		{[]string{"application/json;q=0, */*"}, "application/xml"},
		{[]string{"Application/XML; charset=utf-8; Q=0.5, text/plain;q=0.4"}, "application/xml"},
		{[]string{"application/json;q=0.2, application/*;q=0.9"}, "application/xml"},
		{[]string{"a, b/, /c, */d, application/json;q=7, text/plain"}, "text/plain"},
	} {
		got, err := Negotiate(http.Header{"Accept": c.accept}, "application/json", "application/xml", "text/plain")
		if err != nil || got != c.want {
			t.Errorf("%q: got %q, %v, want %q", c.accept, got, err, c.want)
		}
	}
	_, err := Negotiate(http.Header{"Accept": {"application/*;q=0, " + strings.Repeat("x", 300)}}, "application/json")
	want := `FAILURE_NOT_ACCEPTABLE: the answer can be application/json, Accept is "application/*;q=0, ` + strings.Repeat("x", 181) + `…"`
	if err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
}

func TestWantsEventStream(t *testing.T) {
	for accept, want := range map[string]bool{
		"":                                    false,
		"*/*":                                 false,
		"text/*":                              false,
		"text/event-stream":                   true,
		"application/json, Text/Event-Stream": true,
		"text/event-stream, */*;q=0.9":        true,
		"text/event-stream;q=0, */*":          false,
		"text/event-stream;q=0.1, text/plain": false,
		"*/*, text/event-stream;q=0.5":        false,
		"image/png, text/event-stream;q=0.5":  true,
	} {
		if got, err := WantsEventStream(http.Header{"Accept": {accept}}); got != want || err != nil {
			t.Errorf("%q: %v, %v", accept, got, err)
		}
	}
	_, err := WantsEventStream(http.Header{"Accept": {"image/png, text/event-stream;q=0"}})
	want := `FAILURE_NOT_ACCEPTABLE: the answer can be application/json, application/xml, text/plain or text/event-stream, ` +
		`Accept is "image/png, text/event-stream;q=0"`
	if err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
}
