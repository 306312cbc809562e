package sse

import (
	"testing"
	"time"

	"github.com/penstock-dev/penstock/runtime/internal/entrypoints/entrypointstest"
)

func TestStreamEndsWithItsCredentials(t *testing.T) {
	for _, life := range []time.Duration{-time.Second, 30 * time.Millisecond} {
		r := newRig(t, `{"qos":"none"}`, func(r *rig) { r.host.Expire(life) })
		c := r.connect(t, "")
		c.retry(t)
		const want = "event: error\n" +
			`data: {"type":"about:blank","title":"Authentication required","status":401,` +
			`"detail":"the credentials have expired: connect again with new ones","code":"FAILURE_UNAUTHENTICATED"}` + "\n\n"
		if got := c.rest(t); got != want {
			t.Errorf("life of %s: got %q\nwant %q", life, got, want)
		}
		entrypointstest.Eventually(t, "the stream is closed", r.stream.Closed)
	}
}
