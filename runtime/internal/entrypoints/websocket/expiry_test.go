package websocket

import (
	"net/http"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints/entrypointstest"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
)

const ended = "the credentials have expired: connect again with new ones"

func TestSocketEndsWithItsCredentials(t *testing.T) {
	for name, config := range map[string]string{
		"both ways":  `{"qos":"none"}`,
		"publishes":  `{"qos":"none","subscriber":{"enabled":false}}`,
		"subscribes": `{"qos":"none","publisher":{"enabled":false}}`,
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, endpoint.JSON(config), func(r *rig) { r.host.Expire(30 * time.Millisecond) })
			r.connect(t, "").ends(websocket.StatusPolicyViolation, ended)
			c := r.connect(t, "", subprotocol)
			c.hear(websocket.MessageText, `{"type":"problem","title":"Authentication required","status":401,"detail":"`+ended+`","code":"FAILURE_UNAUTHENTICATED"}`)
			c.ends(websocket.StatusPolicyViolation, ended)
			entrypointstest.Eventually(t, "its place is free", func() bool { return r.host.Counters.Places.Load() == 0 })
		})
	}
}

// TestSocketPublishesNothingAfterItsCredentials: a client that does not read cannot be told that its
// socket ends, and its frames still come.
func TestSocketPublishesNothingAfterItsCredentials(t *testing.T) {
	sink := &entrypointstest.Sink{}
	h, err := newHandler(&entrypointstest.NewHost().Host, entrypointstest.Publisher(sink), endpoint.Entrypoint{Kind: endpoint.WebSocket, Config: `{}`})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		protocol protocol
		frame    string
	}{
		"a payload a frame": {h.plain, `{"a":1}`},
		subprotocol:         {h.v1[0], `{"type":"publish","ref":"1","content":{"a":1}}`},
	} {
		t.Run(name, func(t *testing.T) {
			caller := exchange.Caller{Identity: exchange.Identity{Subject: "alice", Expires: time.Now().Add(-time.Second)}}
			s := &socket{handler: h, protocol: c.protocol, exchange: &exchange.Exchange{
				Request: &http.Request{Header: http.Header{}}, Caller: caller, Attributes: &core.Attributes{},
			}}
			if err := s.prepare(t.Context(), ""); err != nil {
				t.Fatal(err)
			}
			defer s.release()
			s.expiry = entrypoints.NewExpiry(caller)
			defer s.expiry.Stop()
			if end := c.protocol.receive(s, websocket.MessageText, []byte(c.frame)); end != nil {
				t.Errorf("the reader ends the socket with %+v", *end)
			}
			item, _ := s.pipeline.Take()
			if item == nil || core.CodeOf(item.Err()) != core.CodeUnauthenticated || len(sink.Records()) != 0 {
				t.Errorf("got %+v, and %d records", item, len(sink.Records()))
			}
		})
	}
}

// A stream whose credentials at Kafka were the caller's ends as one whose caller has none any more.
func TestSocketEndsWithTheCredentialsAtKafka(t *testing.T) {
	r := newRig(t, `{"qos":"none"}`, nil)
	c := r.connect(t, "")
	r.stream.Fail(core.NewError(core.CodeUnauthenticated, "the token has expired"))
	c.ends(websocket.StatusPolicyViolation, "the token has expired")
}
