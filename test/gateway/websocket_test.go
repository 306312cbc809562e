package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	ws "github.com/coder/websocket"

	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// socket is an open WebSocket.
type socket struct {
	t    testing.TB
	conn *ws.Conn
}

// dial opens a WebSocket at a path; it is closed with the test.
func (r *rig) dial(path, protocol string, headers ...string) *socket {
	r.t.Helper()
	conn, response, err := r.tryDial(path, protocol, headers...)
	if err != nil {
		r.t.Fatalf("not upgraded: %v (%v)", err, response)
	}
	r.t.Cleanup(func() { _ = conn.CloseNow() })
	return &socket{r.t, conn}
}

func (r *rig) tryDial(path, protocol string, headers ...string) (*ws.Conn, *http.Response, error) {
	header := http.Header{}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		header.Add(name, value)
	}
	opts := &ws.DialOptions{HTTPClient: r.http, HTTPHeader: header}
	if protocol != "" {
		opts.Subprotocols = []string{protocol}
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return ws.Dial(ctx, r.url+path, opts)
}

func (s *socket) send(text string) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := s.conn.Write(ctx, ws.MessageText, []byte(text)); err != nil {
		s.t.Fatal(err)
	}
}

func (s *socket) read() (ws.MessageType, string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	kind, text, err := s.conn.Read(ctx)
	return kind, string(text), err
}

func (s *socket) want(kind ws.MessageType, text string) {
	s.t.Helper()
	gotKind, got, err := s.read()
	if err != nil || got != text || gotKind != kind {
		s.t.Fatalf("got %v %q %v, want %v %q", gotKind, got, err, kind, text)
	}
}

// frame reads a frame of penstock.v1.
func (s *socket) frame(kind string) map[string]any {
	s.t.Helper()
	_, text, err := s.read()
	if err != nil {
		s.t.Fatalf("no %s: %v", kind, err)
	}
	var frame map[string]any
	if err := json.Unmarshal([]byte(text), &frame); err != nil || frame["type"] != kind {
		s.t.Fatalf("got %s, want a %s", text, kind)
	}
	return frame
}

// wantClose checks the code with which the gateway closes; the reason has to hold a text.
func (s *socket) wantClose(code ws.StatusCode, reason string) {
	s.t.Helper()
	for {
		_, _, err := s.read()
		if err == nil {
			continue
		}
		var closed ws.CloseError
		if !errors.As(err, &closed) || closed.Code != code || !strings.Contains(closed.Reason, reason) {
			s.t.Fatalf("closed by %v, want %d %q", err, code, reason)
		}
		return
	}
}

func TestWebSocketPlain(t *testing.T) {
	r := start(t, setup{operations: ops(operation("orders", websocket("none")))})
	a, b := r.dial("/orders", ""), r.dial("/orders", "")
	a.send(order(1))
	a.want(ws.MessageText, order(1))
	b.want(ws.MessageText, order(1))
	r.produce("\xff\xfe")
	b.want(ws.MessageBinary, "\xff\xfe")
	a.send(`{"count":1}`)
	a.wantClose(ws.StatusPolicyViolation, "")
	b.send(order(2))
	b.want(ws.MessageText, order(2))
}

func TestWebSocketBalanced(t *testing.T) {
	r := start(t, setup{operations: ops(operation("orders", websocket("balanced")))})
	s := r.dial("/orders", "penstock.v1")
	s.send(`{"type":"publish","ref":"r1","content":{"id":"a"},"headers":{"h":["1","2"]}}`)
	var receipt, message map[string]any
	for receipt == nil || message == nil { // they race
		_, text, err := s.read()
		if err != nil {
			t.Fatal(err)
		}
		var frame map[string]any
		if err := json.Unmarshal([]byte(text), &frame); err != nil {
			t.Fatal(err)
		}
		switch frame["type"] {
		case "receipt":
			receipt = frame
		case "message":
			message = frame
		default:
			t.Fatalf("got %s", text)
		}
	}
	if receipt["ref"] != "r1" || receipt["records"] == nil {
		t.Errorf("the receipt is %v", receipt)
	}
	content, _ := json.Marshal(message["content"])
	headers, _ := json.Marshal(message["headers"])
	if string(content) != `{"id":"a"}` || string(headers) != `{"h":["1","2"]}` || message["id"] != nil {
		t.Errorf("the message is %v", message)
	}
	if got := string(r.read(1)[0].Value); got != `{"id":"a"}` {
		t.Errorf("Kafka has %s", got)
	}
}

func TestWebSocketProblems(t *testing.T) {
	r := start(t, setup{operations: ops(operation("orders", websocket("none"))), config: "limits: { websocketMessage: 128 }"})
	s := r.dial("/orders", "penstock.v1")
	s.send(`{"type":"publish","ref":"r1","content":{"count":1}}`)
	problem := s.frame("problem")
	if problem["ref"] != "r1" || problem["status"] != 400.0 || problem["code"] != "FAILURE_INVALID_MESSAGE" {
		t.Errorf("got %v", problem)
	}
	s.send(order(1) + strings.Repeat(" ", 128))
	s.wantClose(ws.StatusMessageTooBig, "")

	r.do("GET", "/orders", "").wantProblem(t, 426, "FAILURE_UPGRADE_REQUIRED")
	if _, response, err := r.tryDial("/orders?cursor=nonsense", ""); err == nil || response.StatusCode != http.StatusBadRequest {
		t.Errorf("a malformed cursor: %v", err)
	}
}

func TestWebSocketResumes(t *testing.T) {
	r := start(t, setup{operations: ops(operation("orders", websocket("none")))})
	s := r.dial("/orders", "penstock.v1")
	r.produce(order(0), order(1), order(2))
	id, _ := s.frame("message")["id"].(string)
	again := r.dial("/orders?cursor="+id, "penstock.v1")
	first := again.frame("message")
	if content, _ := json.Marshal(first["content"]); string(content) != order(1) {
		t.Errorf("after the cursor: got %v", first)
	}
}

func TestWebSocketSides(t *testing.T) {
	publish := operation("in", endpoint.Entrypoint{Kind: endpoint.WebSocket, Method: "GET", Path: "/in", Config: `{"qos":"none","subscriber":{"enabled":false}}`})
	subscribe := operation("out", endpoint.Entrypoint{Kind: endpoint.WebSocket, Method: "GET", Path: "/out", Config: `{"qos":"none","publisher":{"enabled":false}}`})
	r := start(t, setup{operations: ops(publish, subscribe)})
	in, out := r.dial("/in", ""), r.dial("/out", "")
	in.send(order(1))
	out.want(ws.MessageText, order(1))
}

func TestWebSocketOrigin(t *testing.T) {
	r := start(t, setup{operations: ops(operation("orders", websocket("none"))), config: `cors: { allowOrigins: ["https://shop.example"] }`})
	for origin, want := range map[string]int{"https://shop.example": 101, "https://evil.example": 403, r.url: 101} {
		conn, response, err := r.tryDial("/orders", "", "Origin: "+origin)
		if response.StatusCode != want {
			t.Errorf("%s: got %d (%v), want %d", origin, response.StatusCode, err, want)
		}
		if conn != nil {
			_ = conn.CloseNow()
		}
	}
}

func TestWebSocketClosedFreesItsPlace(t *testing.T) {
	r := start(t, setup{operations: ops(operation("orders", websocket("none"))), config: "limits: { streams: 1 }"})
	first := r.dial("/orders", "")
	_, response, err := r.tryDial("/orders", "")
	if err == nil || response.StatusCode != http.StatusServiceUnavailable || response.Header.Get("Retry-After") == "" {
		t.Fatalf("got %v", err)
	}
	_ = first.conn.Close(ws.StatusNormalClosure, "")
	eventually(t, "a place", func() bool {
		conn, _, err := r.tryDial("/orders", "")
		if err != nil {
			time.Sleep(10 * time.Millisecond)
			return false
		}
		_ = conn.CloseNow()
		return true
	})
}
