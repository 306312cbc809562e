package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/penstock-dev/penstock/test/faults/internal/ledger"
)

// dead is a dead letter as the gateway writes it, with one header changed.
func dead(name, value string) *kgo.Record {
	r := &kgo.Record{Value: []byte(`{"id":"a-1"}`)}
	for _, h := range [][2]string{{"penstock-topic", "orders"}, {"penstock-partition", "3"}, {"penstock-offset", "42"}, {"penstock-deliveries", "5"}} {
		if h[0] == name {
			h[1] = value
		}
		r.Headers = append(r.Headers, kgo.RecordHeader{Key: h[0], Value: []byte(h[1])})
	}
	return r
}

func TestLetter(t *testing.T) {
	got, err := letterOf(dead("", ""), "orders")
	if err != nil {
		t.Fatal(err)
	}
	want := &ledger.Letter{ID: "a-1", Origin: ledger.Place{Partition: 3, Offset: 42}, Deliveries: 5}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWrongLetter(t *testing.T) {
	for _, c := range []struct{ header, value, want string }{
		{"penstock-topic", "users", `it is not of topic "orders"`},
		{"penstock-partition", "x", `strconv.ParseInt: parsing "x": invalid syntax`},
		{"penstock-offset", "", `strconv.ParseInt: parsing "": invalid syntax`},
		{"penstock-deliveries", "many", `strconv.Atoi: parsing "many": invalid syntax`},
	} {
		if _, err := letterOf(dead(c.header, c.value), "orders"); err == nil || err.Error() != c.want {
			t.Errorf("%s %q: error %v", c.header, c.value, err)
		}
	}
}
