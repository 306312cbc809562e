package kafka

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
	"github.com/penstock-dev/penstock/test/lines"
)

func TestLogOfDynamicClustersIsBounded(t *testing.T) {
	var text strings.Builder
	logger := newSparingLog(slog.New(slog.NewTextHandler(&text, &slog.HandlerOptions{Level: slog.LevelDebug})))
	for i := range 2 * logLines {
		logger.With("endpoint", i).WithGroup("g").Warn("warned")
		logger.Debug("debugged")
	}
	if got := strings.Count(text.String(), "msg=warned"); got != logLines {
		t.Errorf("%d warnings, want %d", got, logLines)
	}
	if got := strings.Count(text.String(), "msg=debugged"); got != 2*logLines {
		t.Errorf("%d lines for debugging, want all %d", got, 2*logLines)
	}
	h := logger.Handler().(sparingLog)
	next := slog.NewRecord(time.Now().Add(logWindow), slog.LevelWarn, "next", 0)
	text.Reset()
	for range 2 {
		if err := h.Handle(t.Context(), next); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := strings.Count(text.String(), fmt.Sprintf("leftOut=%d", logLines)), 1; got != want {
		t.Errorf("the next window says %d times what was left out, want %d:\n%s", got, want, text.String())
	}
}

// TestLogOfGroupMembersIsBounded: each member notices that Kafka went away, and there may be a
// thousand. That the cluster is away is one line, which is always written.
func TestLogOfGroupMembersIsBounded(t *testing.T) {
	broker, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "o"))
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close()
	k := testKafka(t, 1)
	var text lines.Lines
	k.log = slog.New(slog.NewTextHandler(&text, nil))
	k.each = newSparingLog(k.log)
	bound := k.each.Handler().(sparingLog).count
	bound.began, bound.lines = time.Now().Add(time.Hour), logLines // a window that is full

	c, release, err := k.Hold(targetOf(t, broker.ListenAddrs()[0]), false)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	stream, err := c.Open(t.Context(), qos.Reading{Kind: endpoint.SSE, Level: endpoint.Balanced, Topics: []string{"o"}, Group: "g", Reset: qos.Latest})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stream.Close(t.Context()) }() // it failed
	eventually(t, "a partition", func() bool { return c.(*station).groups.Stats().Partitions == 1 })
	broker.Close()
	eventually(t, "that the member's lines are left out", func() bool {
		bound.mu.Lock()
		defer bound.mu.Unlock()
		return bound.leftOut > 0
	})
	eventually(t, "the line of the cluster", func() bool { return strings.Contains(text.String(), `msg="kafka is unreachable" endpoint=default`) })
	if got := strings.Count(text.String(), "\n"); got != 1 {
		t.Errorf("%d lines, want 1:\n%s", got, text.String())
	}
}
