package entrypoints

import (
	"encoding/json"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

func TestHeadersOfOneName(t *testing.T) {
	for _, more := range []int{0, fewHeaders - 5, fewHeaders - 4, 100} {
		headers := []core.Header{{Name: "a", Value: []byte("1")}, {Name: "b", Value: []byte("2")}, {Name: "a", Value: []byte("3")}, {Name: "A"}, {Name: "a", Value: []byte("4")}}
		want := map[string][]string{"a": {"1", "3", "4"}, "b": {"2"}, "A": {""}}
		for i := range more {
			name := "x" + strconv.Itoa(i)
			headers = append(headers, core.Header{Name: name, Value: []byte(name)})
			want[name] = []string{name}
		}
		got := map[string][]string{}
		if err := json.Unmarshal(AppendHeaders(nil, headers), &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("with %d more: %s", more, diff)
		}
	}
}

// TestManyHeaders has the headers that a message of 256 KiB can have: their time is not that of each
// with each, which would be seconds.
func TestManyHeaders(t *testing.T) {
	few, many := make([]core.Header, 2000), make([]core.Header, 40_000)
	for i := range many {
		many[i].Name = strconv.Itoa(i)
	}
	copy(few, many)
	took := func(headers []core.Header) time.Duration {
		best := time.Hour
		for range 5 {
			start := time.Now()
			AppendHeaders(nil, headers)
			best = min(best, time.Since(start))
		}
		return best
	}
	if short, long := took(few), took(many); long > 150*short { // 20 times as many; 400 times with squares
		t.Errorf("%d headers take %s, %d take %s", len(few), short, len(many), long)
	}
}
