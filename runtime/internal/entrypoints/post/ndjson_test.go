package post

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints/entrypointstest"
)

func receiptLine(offset int64, id string) string {
	return `{"id":"` + id + `","records":[{"topic":"orders","partition":0,"offset":` + string(rune('0'+offset)) +
		`,"timestamp":"2026-01-31T12:00:0` + string(rune('0'+offset)) + `.000Z"}]}` + "\n"
}

// TestLines is one answer a line, in order, whatever becomes of each.
func TestLines(t *testing.T) {
	r := newRig(t, "", func(r *rig) {
		r.op.Publish.CheckBody = func(body []byte) []core.Violation {
			if string(body) == "bad" {
				return []core.Violation{{Detail: "not JSON"}}
			}
			return nil
		}
		r.sink.Fail = func(rec *core.Record) error {
			if string(rec.Value) == `"full"` {
				return core.NewError(core.CodeBackPressure, "")
			}
			return nil
		}
	})
	body := "1\n\r\n  \n2\r\nbad\n" + strings.Repeat("x", 1<<10+1) + "\n\"full\"\n" + strings.Repeat("y", 1<<10) + "\r\n3"
	status, header, got := r.post(t, body, "Content-Type", "application/x-ndjson; charset=utf-8")
	want := receiptLine(0, "b3JkZXJzQDAjMA==") + receiptLine(1, "b3JkZXJzQDAjMQ==") +
		`{"type":"about:blank","title":"Invalid message","status":400,"detail":"the message is not JSON","code":"FAILURE_INVALID_MESSAGE","errors":[{"pointer":"","detail":"not JSON"}]}` + "\n" +
		`{"type":"about:blank","title":"Message too large","status":413,"detail":"the line is larger than 1024 bytes","code":"FAILURE_TOO_LARGE"}` + "\n" +
		`{"type":"about:blank","title":"Too much unsent data","status":503,"detail":"too much data waits for Kafka; nothing was written","code":"FAILURE_BACK_PRESSURE"}` + "\n" +
		receiptLine(2, "b3JkZXJzQDAjMg==") + receiptLine(3, "b3JkZXJzQDAjMw==")
	if status != http.StatusOK || got != want || header.Get("Content-Type") != "application/x-ndjson" {
		t.Errorf("%d %s\n got %s\nwant %s", status, header.Get("Content-Type"), got, want)
	}
	var values []string
	for _, rec := range r.sink.Records() {
		values = append(values, string(rec.Value))
	}
	if text := strings.Join(values, " "); text != "1 2 "+strings.Repeat("y", 1<<10)+" 3" {
		t.Errorf("values %q", text)
	}
	if n := r.host.Counters.PublishedRecords.Load(); n != 4 {
		t.Errorf("counted %d records", n)
	}
	entrypointstest.Eventually(t, "the place is given back", func() bool { return r.host.Counters.Places.Load() == 0 })
}

func TestLinesWithoutReceipts(t *testing.T) {
	r := newRig(t, `{"qos":"none"}`, nil)
	if _, _, got := r.post(t, "1\n2\n", "Content-Type", "application/x-ndjson"); got != "{}\n{}\n" {
		t.Errorf("got %q", got)
	}
	r = newRig(t, "", nil)
	if _, _, got := r.post(t, "1\n", "Content-Type", "application/x-ndjson", "Prefer", "return=minimal"); got != "{}\n" {
		t.Errorf("got %q", got)
	}
	if status, _, got := r.post(t, "\n", "Content-Type", "application/x-ndjson", "Expect", "100-continue"); status != http.StatusOK || got != "" {
		t.Errorf("%d %q", status, got)
	}
}

func TestLinesRefusedBeforeTheFirst(t *testing.T) {
	r := newRig(t, "", func(r *rig) {
		r.op.Publish.CheckHeaders = func(http.Header) []core.Violation {
			return []core.Violation{{Pointer: "/X-Source", Detail: "is missing"}}
		}
	})
	if status, _, _ := r.post(t, "1\n", "Content-Type", "application/x-ndjson"); status != http.StatusBadRequest {
		t.Errorf("status %d", status)
	}
	r = newRig(t, "", func(r *rig) { r.host.Refuse = core.NewError(core.CodeTooManyStreams, "") })
	if status, header, _ := r.post(t, "1\n", "Content-Type", "application/x-ndjson"); status != 503 || header.Get("Retry-After") == "" {
		t.Errorf("status %d, Retry-After %q", status, header.Get("Retry-After"))
	}
	r = newRig(t, "", nil)
	r.host.Drain()
	if status, _, _ := r.post(t, "1\n", "Content-Type", "application/x-ndjson"); status != 503 {
		t.Errorf("draining: status %d", status)
	}
}

// duplex is an NDJSON request whose body a test writes while it reads the answer.
type duplex struct {
	*io.PipeWriter
	answers *bufio.Reader
	end     context.CancelFunc
}

func (r *rig) duplex(t *testing.T) *duplex {
	t.Helper()
	body, in := io.Pipe()
	ctx, end := context.WithTimeout(t.Context(), 30*time.Second)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.server.URL+"/orders", body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-ndjson")
	res, err := r.server.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		end()
		_ = in.Close()
		_ = res.Body.Close()
	})
	return &duplex{in, bufio.NewReader(res.Body), end}
}

func (d *duplex) say(t *testing.T, text string) {
	t.Helper()
	if _, err := io.WriteString(d, text); err != nil {
		t.Fatal(err)
	}
}

func (d *duplex) hear(t *testing.T) string {
	t.Helper()
	line, err := d.answers.ReadString('\n')
	if err != nil {
		t.Fatalf("%v after %q", err, line)
	}
	return line
}

// TestFullDuplex: each line is answered before the next one is sent.
func TestFullDuplex(t *testing.T) {
	t.Run("HTTP/1.1", func(t *testing.T) { testFullDuplex(t, newRig(t, "", nil)) })
	t.Run("HTTP/2", func(t *testing.T) {
		testFullDuplex(t, newRig(t, "", func(r *rig) {
			r.http2, r.host.Limits.WriteStall = true, 50*time.Millisecond
		}))
	})
}

func testFullDuplex(t *testing.T, r *rig) {
	t.Helper()
	d := r.duplex(t)
	for i, id := range []string{"b3JkZXJzQDAjMA==", "b3JkZXJzQDAjMQ=="} {
		d.say(t, "x\n")
		if got, want := d.hear(t), receiptLine(int64(i), id); got != want {
			t.Errorf("got %s\nwant %s", got, want)
		}
		if r.http2 {
			time.Sleep(2 * r.host.Limits.WriteStall) // a deadline left behind would end the stream
		}
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if rest, err := io.ReadAll(d.answers); err != nil || len(rest) > 0 {
		t.Errorf("%q, %v", rest, err)
	}
}

// TestAnswersKeepOrder: Kafka answers backwards, the client hears forwards.
func TestAnswersKeepOrder(t *testing.T) {
	r := newRig(t, "", func(r *rig) { r.sink.Hold = true })
	d := r.duplex(t)
	d.say(t, "1\n2\n3\n")
	entrypointstest.Eventually(t, "three records", func() bool { return len(r.sink.Records()) == 3 })
	r.sink.Release()
	for i, id := range []string{"b3JkZXJzQDAjMA==", "b3JkZXJzQDAjMQ==", "b3JkZXJzQDAjMg=="} {
		if got, want := d.hear(t), receiptLine(int64(i), id); got != want {
			t.Errorf("got %s\nwant %s", got, want)
		}
	}
}

// TestPipelineIsBounded: while Kafka is silent a body is read no further than the limit.
func TestPipelineIsBounded(t *testing.T) {
	r := newRig(t, "", func(r *rig) { r.sink.Hold = true })
	d := r.duplex(t)
	line := strings.Repeat("x", 744) + "\n" // 1,000 bytes with what a message costs
	go func() { _, _ = io.WriteString(d, strings.Repeat(line, 20)+"end\n") }()
	entrypointstest.Eventually(t, "four records", func() bool { return len(r.sink.Records()) == 4 })
	time.Sleep(20 * time.Millisecond)
	if n := len(r.sink.Records()); n != 4 {
		t.Errorf("%d records wait for Kafka, above 4 KiB", n)
	}
	r.sink.Release()
	for range 21 {
		d.hear(t)
	}
}

// TestDrainEndsLines: what was read is answered, then the rest is refused.
func TestDrainEndsLines(t *testing.T) {
	r := newRig(t, "", nil)
	d := r.duplex(t)
	d.say(t, "1\n")
	d.hear(t)
	d.say(t, "half a li")
	r.host.Drain()
	want := `{"type":"about:blank","title":"Shutting down","status":503,"detail":"the gateway is shutting down; connect again","code":"FAILURE_DRAINING"}` + "\n"
	if got := d.hear(t); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if n := len(r.sink.Records()); n != 1 {
		t.Errorf("%d records: the half line was sent", n)
	}
	entrypointstest.Eventually(t, "the place is given back", func() bool { return r.host.Counters.Places.Load() == 0 })
}

// TestClientThatSendsWithoutReading is cut off after the stall time.
func TestClientThatSendsWithoutReading(t *testing.T) {
	r := newRig(t, "", func(r *rig) {
		r.host.Limits.WriteStall = 50 * time.Millisecond
		r.host.Limits.BytesPerStream = 1 << 20
		r.op.Publish.CheckBody = func([]byte) []core.Violation {
			return []core.Violation{{Detail: strings.Repeat("d", 1000)}} // answers larger than lines
		}
	})
	conn, err := net.Dial("tcp", r.server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, "POST /orders HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nContent-Length: 1000000000\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	lines := []byte(strings.Repeat("1\n", 4096))
	if err := conn.SetWriteDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = conn.Write(lines)
	}
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		t.Fatal("the gateway still waits for its client")
	}
	entrypointstest.Eventually(t, "the place is given back", func() bool { return r.host.Counters.Places.Load() == 0 })
}
