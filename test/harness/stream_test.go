package harness

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// TestRead reads a stream as the HTML standard says, section "Interpreting an event stream".
func TestRead(t *testing.T) {
	const text = ": beat\n\n" +
		"id: 1\nevent: Order\ndata: one\ndata:two\n\n" +
		"\n" +
		": key: k\nevent: Order\ndata:  three\nretry: 5\n\n" +
		"data: cut off\n"
	next := make(chan Event, 10)
	read(t.Context(), strings.NewReader(text), next)
	close(next)
	var got []string
	for e := range next {
		got = append(got, fmt.Sprintf("%q", []string{e.ID, e.Name, e.Data, strings.Join(e.Comments, "|")}))
	}
	want := []string{`["" "" "" "beat"]`, `["1" "Order" "one\ntwo" ""]`, `["" "Order" " three" "key: k"]`}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestReadEndsWithItsContext holds that nobody has to take the events of a stream that is left.
func TestReadEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	read(ctx, strings.NewReader("data: one\n\ndata: two\n\n"), make(chan Event))
}
