package main

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/bench/generated/bench"
)

func TestWrongCalls(t *testing.T) {
	for args, want := range map[string]string{
		"--scenarios post-2":  `unknown scenario "post-2": post-1, post-16, post-64, post-256, ndjson, get, sse`,
		"--format xml":        `unknown format "xml": text or json`,
		"--kafka other":       `unknown kafka "other": embedded or real`,
		"--rounds 0":          "at least one round, slices of 10ms and no negative warm-up are needed",
		"post-1":              `unexpected argument "post-1"`,
		"--quick --slice 1ms": "at least one round, slices of 10ms and no negative warm-up are needed",
	} {
		var stdout, stderr bytes.Buffer
		if code := exit(context.Background(), strings.Fields(args), &stdout, &stderr); code != 2 || stderr.String() != want+"\n" {
			t.Errorf("%s: exit %d, %q", args, code, stderr.String())
		}
	}
}

func TestQuickLeavesWhatWasSet(t *testing.T) {
	o, err := parse([]string{"--quick", "--rounds", "5", "--scenarios", "post,sse"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if o.rounds != 5 || o.slice != 200*time.Millisecond || len(o.scenarios) != 5 || o.scenarios[4].name != "sse" {
		t.Errorf("%+v", o)
	}
	if o, err = parse([]string{"--kafka", "real"}, nil); err != nil || o.warm != 7*time.Second || o.rounds != 30 || len(o.scenarios) != 7 {
		t.Errorf("%+v, %v", o, err)
	}
}

// TestEvent: what is sent has the size that the scenarios speak of, and the document's shape.
func TestEvent(t *testing.T) {
	body := event(1760000000000000000)
	var e bench.Event
	if err := json.Unmarshal(body, &e); err != nil || len(body) != 256 || e.SentAt != 1760000000000000000 || e.Device != "sensor-4711" {
		t.Errorf("%d bytes, %+v, %v", len(body), e, err)
	}
	for _, s := range scenarios() {
		head, rest, _ := strings.Cut(string(s.request), "\r\n\r\n")
		if s.units == lineCount && len(rest) != lineCount*257 || s.name == "post-1" && rest != string(body) || !strings.HasSuffix(strings.SplitN(head, "\r\n", 2)[0], " HTTP/1.1") {
			t.Errorf("%s: %s", s.name, head)
		}
	}
}
