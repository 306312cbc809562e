package websocket

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/santhosh-tekuri/jsonschema/v5"
	"go.uber.org/goleak"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints/entrypointstest"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
	"github.com/penstock-dev/penstock/schema"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is one operation behind websocket on a real listener, both ways.
type rig struct {
	host    *entrypointstest.Host
	stream  *entrypointstest.Stream
	sink    *entrypointstest.Sink
	openErr error
	reading qos.Reading
	op      *entrypoints.Operation
	ping    time.Duration
	timeout time.Duration // of acknowledgements
	server  *httptest.Server
}

// newRig serves GET /ws.
func newRig(t *testing.T, config endpoint.JSON, change func(*rig)) *rig {
	t.Helper()
	r := &rig{
		host: entrypointstest.NewHost(), stream: &entrypointstest.Stream{IDs: true},
		sink: &entrypointstest.Sink{}, ping: time.Hour, timeout: time.Hour,
	}
	r.op = entrypointstest.Subscriber(func(reading qos.Reading) (qos.Stream, error) {
		r.reading = reading
		if r.openErr != nil {
			return nil, r.openErr
		}
		return r.stream, nil
	})
	r.op.Publish = entrypointstest.Publisher(r.sink).Publish
	if change != nil {
		change(r)
	}
	h, err := newHandler(&r.host.Host, r.op, endpoint.Entrypoint{Kind: endpoint.WebSocket, Config: config})
	if err != nil {
		t.Fatal(err)
	}
	h.pingEvery, h.pongWithin, h.ackTimeout, h.largeIDEvery = r.ping, r.ping, r.timeout, time.Hour
	r.server = r.host.Serve(t, http.MethodGet, "/ws", h.serve)
	t.Cleanup(func() { r.server.Client().CloseIdleConnections() })
	return r
}

// client is an open WebSocket.
type client struct {
	*websocket.Conn
	t *testing.T
}

func (r *rig) connect(t *testing.T, query string, subprotocols ...string) *client {
	t.Helper()
	conn, res, err := websocket.Dial(t.Context(), r.server.URL+"/ws"+query, &websocket.DialOptions{
		HTTPClient: r.server.Client(), Subprotocols: subprotocols,
	})
	if err != nil {
		t.Fatal(err)
	}
	if res.Body != nil {
		_ = res.Body.Close()
	}
	t.Cleanup(func() { _ = conn.CloseNow() })
	return &client{conn, t}
}

func (c *client) say(kind websocket.MessageType, text string) {
	c.t.Helper()
	c.obeys("toGateway", text)
	c.send(kind, text)
}

// send is say of a frame that may break the subprotocol.
func (c *client) send(kind websocket.MessageType, text string) {
	c.t.Helper()
	if err := c.Write(c.t.Context(), kind, []byte(text)); err != nil {
		c.t.Fatal(err)
	}
}

// frames is the published schema of the frames of penstock.v1, to and from the gateway.
var frames = sync.OnceValue(func() map[string]*jsonschema.Schema {
	text, _ := schema.Text("penstock.v1")
	compiler := jsonschema.NewCompiler()
	compiled := map[string]*jsonschema.Schema{}
	if err := compiler.AddResource("frames.json", bytes.NewReader(text)); err != nil {
		panic(err)
	}
	for _, way := range []string{"toGateway", "toClient"} {
		compiled[way] = compiler.MustCompile("frames.json#/definitions/" + way)
	}
	return compiled
})

// obeys demands that a frame of penstock.v1 obeys its schema.
func (c *client) obeys(way, text string) {
	c.t.Helper()
	if c.Subprotocol() != subprotocol {
		return
	}
	if err := breaks(way, text); err != nil {
		c.t.Errorf("%s breaks schema/penstock.v1.json: %v", text, err)
	}
}

func breaks(way, text string) error {
	var frame any
	if err := json.Unmarshal([]byte(text), &frame); err != nil {
		return err
	}
	return frames()[way].Validate(frame)
}

func (c *client) hear(kind websocket.MessageType, want string) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), 30*time.Second)
	defer cancel()
	got, text, err := c.Read(ctx)
	if err != nil {
		c.t.Fatal(err)
	}
	c.obeys("toClient", string(text))
	if got != kind || string(text) != want {
		c.t.Errorf("%s\n got %s\nwant %s", got, text, want)
	}
}

// ends reads the close frame.
func (c *client) ends(code websocket.StatusCode, reason string) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), 30*time.Second)
	defer cancel()
	_, text, err := c.Read(ctx)
	var closed websocket.CloseError
	if !errors.As(err, &closed) {
		c.t.Fatalf("%v, %q", err, text)
	}
	if closed.Code != code || closed.Reason != reason {
		c.t.Errorf("got %d %q\nwant %d %q", closed.Code, closed.Reason, code, reason)
	}
}
