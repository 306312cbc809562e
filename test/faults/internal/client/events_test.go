package client

import (
	"bufio"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/test/faults/internal/ledger"
)

func TestReadEvent(t *testing.T) {
	r := bufio.NewReader(strings.NewReader("retry: 3\n\nid: a\nevent: record\ndata: {\"id\":\ndata: \"x\"}\n\n: heartbeat\n\nid: b\ndata: cut off\n"))
	var got []event
	for e, ok := readEvent(r); ok; e, ok = readEvent(r) {
		got = append(got, e)
	}
	want := []event{{}, {id: "a", name: "record", data: `{"id":"x"}`}, {}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(event{})); diff != "" {
		t.Error(diff)
	}
}

func TestOutcome(t *testing.T) {
	for status, want := range map[int]ledger.Outcome{
		http.StatusAccepted: ledger.Receipted, http.StatusBadRequest: ledger.Failed, http.StatusServiceUnavailable: ledger.Failed,
		http.StatusGatewayTimeout: ledger.Unknown, http.StatusInternalServerError: ledger.Unknown, http.StatusBadGateway: ledger.Unknown,
	} {
		if got := outcome(status); got != want {
			t.Errorf("%d: %v", status, got)
		}
	}
}
