package websocket

import (
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints/entrypointstest"
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

// A stream whose credentials at Kafka were the caller's ends as one whose caller has none any more.
func TestSocketEndsWithTheCredentialsAtKafka(t *testing.T) {
	r := newRig(t, `{"qos":"none"}`, nil)
	c := r.connect(t, "")
	r.stream.Fail(core.NewError(core.CodeUnauthenticated, "the token has expired"))
	c.ends(websocket.StatusPolicyViolation, "the token has expired")
}
