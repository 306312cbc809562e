package gateway

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	ws "github.com/coder/websocket"

	"github.com/penstock-dev/penstock/test/harness"
)

// TestReadTimeoutIsNotForStreams lets everything that is no plain request outlive
// listen.readTimeout.
func TestReadTimeoutIsNotForStreams(t *testing.T) {
	r := start(t, setup{
		operations: ops(operation("orders", post("none"), get("none", `"messagesLimitCount":1`, `"messagesLimitDurationMs":20000`), sse("none"), websocket("none"))),
		config:     "listen: { readTimeout: 2s }",
	})
	events, socket := r.Stream("/orders"), r.dial("/orders", "")
	body, feed := io.Pipe()
	defer func() { _ = feed.Close() }()
	req, err := http.NewRequest(http.MethodPost, r.URL+"/orders", body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-ndjson")
	lines, err := r.HTTP.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lines.Body.Close() }()
	pages := make(chan harness.Answer, 1)
	beginning := url.QueryEscape(base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%s@0#-1", r.topic)))
	go func() { pages <- r.Do("GET", "/orders?cursor="+beginning, "") }()
	time.Sleep(3 * time.Second) // longer than the timeout: nothing can be polled for
	if _, err := io.WriteString(feed, order(1)+"\n"); err != nil {
		t.Fatal(err)
	}
	events.WantData(order(1))
	socket.want(ws.MessageText, order(1))
	if page := <-pages; page.Status != 200 || !strings.Contains(page.Body, order(1)) {
		t.Errorf("the page is %d %s", page.Status, page.Body)
	}
	_ = feed.Close()
	if rest, err := io.ReadAll(lines.Body); err != nil || strings.Contains(string(rest), "FAILURE") {
		t.Errorf("the lines were answered with %q, %v", rest, err)
	}
}

func TestReadTimeoutOfARequest(t *testing.T) {
	r := start(t, setup{config: "listen: { readTimeout: 2s }"})
	body, feed := io.Pipe()
	defer func() { _ = feed.Close() }()
	req, err := http.NewRequest(http.MethodPost, r.URL+"/orders", body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	response, err := r.HTTP.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode < 400 || response.StatusCode >= 500 {
		t.Errorf("got %d, want a 4xx: the client did not send its body", response.StatusCode)
	}
}

// TestHandlerWithAServerOfOnesOwn embeds the gateway in another program.
func TestHandlerWithAServerOfOnesOwn(t *testing.T) {
	s := setup{operations: ops(operation("orders", post("balanced"), sse("none")))}
	r := prepare(t, s)
	g, err := harness.New(r.whole(s))
	if err != nil {
		t.Fatal(err)
	}
	handler, err := g.Made.Handler()
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: harness.Patience}
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	r.serveAt(listener.Addr().String())
	events := r.Stream("/orders")
	if got := r.post(order(1)); got.Status != http.StatusAccepted {
		t.Errorf("got %d %s", got.Status, got.Body)
	}
	events.WantData(order(1))
	ctx, cancel := context.WithTimeout(t.Context(), harness.Patience)
	defer cancel()
	if err := g.Made.Close(ctx); err != nil {
		t.Error(err)
	}
	if rest := events.Ended(); len(rest) == 0 || rest[len(rest)-1].Name != "goaway" {
		t.Errorf("the stream ended with %+v", rest)
	}
	if err := server.Shutdown(ctx); err != nil {
		t.Error(err)
	}
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		t.Error(err)
	}
	r.garden.Look("the log", g.Log.String())
}
