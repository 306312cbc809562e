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

	"github.com/penstock-dev/penstock/runtime"
	"github.com/penstock-dev/penstock/test/planted"
)

// TestReadTimeoutIsNotForStreams lets everything that is no plain request outlive
// listen.readTimeout.
func TestReadTimeoutIsNotForStreams(t *testing.T) {
	r := start(t, setup{
		operations: ops(operation("orders", post("none"), get("none", `"messagesLimitCount":1`, `"messagesLimitDurationMs":3000`), sse("none"), websocket("none"))),
		config:     "listen: { readTimeout: 200ms }",
	})
	events, socket := r.stream("/orders"), r.dial("/orders", "")
	body, feed := io.Pipe()
	defer func() { _ = feed.Close() }()
	req, err := http.NewRequest(http.MethodPost, r.url+"/orders", body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-ndjson")
	lines, err := r.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lines.Body.Close() }()
	pages := make(chan answer, 1)
	beginning := url.QueryEscape(base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%s@0#-1", r.topic)))
	go func() { pages <- r.do("GET", "/orders?cursor="+beginning, "") }()
	time.Sleep(500 * time.Millisecond) // longer than the timeout: nothing can be polled for
	if _, err := io.WriteString(feed, order(1)+"\n"); err != nil {
		t.Fatal(err)
	}
	events.wantData(order(1))
	socket.want(ws.MessageText, order(1))
	if page := <-pages; page.status != 200 || !strings.Contains(page.body, order(1)) {
		t.Errorf("the page is %d %s", page.status, page.body)
	}
	_ = feed.Close()
	if rest, err := io.ReadAll(lines.Body); err != nil || strings.Contains(string(rest), "FAILURE") {
		t.Errorf("the lines were answered with %q, %v", rest, err)
	}
}

func TestReadTimeoutOfARequest(t *testing.T) {
	r := start(t, setup{config: "listen: { readTimeout: 200ms }"})
	body, feed := io.Pipe()
	defer func() { _ = feed.Close() }()
	req, err := http.NewRequest(http.MethodPost, r.url+"/orders", body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	response, err := r.http.Do(req)
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
	r := &rig{t: t, brokers: broker(t), topic: uniqueTopic(), log: &lockedBuffer{}, garden: planted.New(t)}
	createTopic(t, client(t, r.brokers), r.topic, 1)
	gw := r.make(setup{operations: ops(operation("orders", post("balanced"), sse("none"))), use: func(*runtime.Gateway) {}})
	handler, err := gw.Handler()
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: patience}
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	transport := &http.Transport{DialContext: r.garden.Dial}
	defer transport.CloseIdleConnections()
	r.url, r.http = "http://"+listener.Addr().String(), &http.Client{Transport: transport}
	s := r.stream("/orders")
	if got := r.post(order(1)); got.status != http.StatusAccepted {
		t.Errorf("got %d %s", got.status, got.body)
	}
	s.wantData(order(1))
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := gw.Close(ctx); err != nil {
		t.Error(err)
	}
	if rest := s.ended(); len(rest) == 0 || rest[len(rest)-1].name != "goaway" {
		t.Errorf("the stream ended with %+v", rest)
	}
	if err := server.Shutdown(ctx); err != nil {
		t.Error(err)
	}
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		t.Error(err)
	}
	r.garden.Look("the log", r.log.String())
}
