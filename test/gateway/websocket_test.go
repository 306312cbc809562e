package gateway

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	ws "github.com/coder/websocket"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/test/harness"
)

// socket is an open WebSocket, whose messages are frames where it speaks penstock.v1.
type socket struct {
	*harness.Socket
	t testing.TB
}

// dial opens a WebSocket at a path.
func (r *rig) dial(path, protocol string, headers ...string) *socket {
	r.t.Helper()
	opened, response, err := r.tryDial(path, protocol, headers...)
	if err != nil {
		r.t.Fatalf("not upgraded: %v (%v)", err, response)
	}
	return &socket{opened, r.t}
}

func (r *rig) tryDial(path, protocol string, headers ...string) (*harness.Socket, *http.Response, error) {
	r.t.Helper()
	var o ws.DialOptions
	if protocol != "" {
		o.Subprotocols = []string{protocol}
	}
	return r.Dial(path, &o, headers...)
}

// refusal is the answer to a WebSocket that must not be opened.
func (r *rig) refusal(path string, headers ...string) harness.Answer {
	r.t.Helper()
	_, response, err := r.tryDial(path, "", headers...)
	if err == nil {
		r.t.Fatalf("upgraded: %s %v", path, headers)
	}
	if response == nil {
		r.t.Fatal(err)
	}
	return harness.ReadAnswer(r.t, response)
}

func (s *socket) want(kind ws.MessageType, text string) {
	s.t.Helper()
	gotKind, got, err := s.Receive()
	if err != nil || got != text || gotKind != kind {
		s.t.Fatalf("got %v %q %v, want %v %q", gotKind, got, err, kind, text)
	}
}

// frame reads a frame of penstock.v1.
func (s *socket) frame(kind string) map[string]any {
	s.t.Helper()
	_, text, err := s.Receive()
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
	err := s.Closed()
	var closed ws.CloseError
	if !errors.As(err, &closed) || closed.Code != code || !strings.Contains(closed.Reason, reason) {
		s.t.Fatalf("closed by %v, want %d %q", err, code, reason)
	}
}

func TestWebSocketPlain(t *testing.T) {
	r := start(t, setup{operations: ops(operation("orders", websocket("none")))})
	a, b := r.dial("/orders", ""), r.dial("/orders", "")
	a.Send(order(1))
	a.want(ws.MessageText, order(1))
	b.want(ws.MessageText, order(1))
	r.produce("\xff\xfe")
	b.want(ws.MessageBinary, "\xff\xfe")
	a.Send(`{"count":1}`)
	a.wantClose(ws.StatusPolicyViolation, "")
	b.Send(order(2))
	b.want(ws.MessageText, order(2))
}

func TestWebSocketBalanced(t *testing.T) {
	r := start(t, setup{operations: ops(operation("orders", websocket("balanced")))})
	s := r.dial("/orders", "penstock.v1")
	s.Send(`{"type":"publish","ref":"r1","content":{"id":"a"},"headers":{"h":["1","2"]}}`)
	var receipt, message map[string]any
	for receipt == nil || message == nil { // they race
		_, text, err := s.Receive()
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
	s.Send(`{"type":"publish","ref":"r1","content":{"count":1}}`)
	problem := s.frame("problem")
	if problem["ref"] != "r1" || problem["status"] != 400.0 || problem["code"] != "FAILURE_INVALID_MESSAGE" {
		t.Errorf("got %v", problem)
	}
	s.Send(order(1) + strings.Repeat(" ", 128))
	s.wantClose(ws.StatusMessageTooBig, "")

	r.Do("GET", "/orders", "").WantProblem(t, 426, "FAILURE_UPGRADE_REQUIRED")
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
	in.Send(order(1))
	out.want(ws.MessageText, order(1))
}

func TestWebSocketOrigin(t *testing.T) {
	r := start(t, setup{operations: ops(operation("orders", websocket("none"))), config: `cors: { allowOrigins: ["https://shop.example"] }`})
	for origin, want := range map[string]int{"https://shop.example": 101, "https://evil.example": 403, r.URL: 101} {
		_, response, err := r.tryDial("/orders", "", "Origin: "+origin)
		if response == nil || response.StatusCode != want {
			t.Errorf("%s: got %v (%v), want %d", origin, response, err, want)
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
	_ = first.Conn.Close(ws.StatusNormalClosure, "")
	harness.Eventually(t, "a place", func() bool {
		_, _, err := r.tryDial("/orders", "")
		return err == nil
	})
}
