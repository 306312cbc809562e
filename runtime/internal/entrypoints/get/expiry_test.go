package get

import (
	"strings"
	"testing"
	"time"
)

func TestPageEndsWithItsCredentials(t *testing.T) {
	const forever = `{"qos":"none","messagesLimitCount":3,"messagesLimitDurationMs":0}`
	r := newRig(t, forever, func(r *rig) { r.host.Expire(30 * time.Millisecond) }, `"a"`)
	status, _, body := r.get(t, "")
	if status != 200 || !strings.HasPrefix(body, `{"items":[{"id":"`) || strings.Contains(body, "error") || !strings.Contains(body, `"nextCursor"`) {
		t.Errorf("got %d %s, want a page with one item and a cursor", status, body)
	}
}
