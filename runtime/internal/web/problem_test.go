package web

import (
	"testing"
	"time"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

func TestAppendTime(t *testing.T) {
	for _, at := range []time.Time{
		{},
		time.UnixMilli(0), time.UnixMilli(-1), time.UnixMilli(1760000000007), time.UnixMilli(1760000000999), time.UnixMilli(1 << 50),
		time.Date(2026, 3, 1, 1, 2, 3, 987654321, time.FixedZone("east", 3*3600)),
	} {
		want := at.UTC().Format("2006-01-02T15:04:05.000Z07:00")
		if got := string(AppendTime([]byte("at "), at)); got != "at "+want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// TestDetailOfViolations: a message that is not JSON has broken no rule of its schema.
func TestDetailOfViolations(t *testing.T) {
	header := core.Violation{Pointer: "/headers/X-Source", Detail: "header is missing"}
	for _, c := range []struct {
		violations []core.Violation
		want       string
	}{
		{[]core.Violation{{Detail: `property "id" is missing`}}, "the message breaks 1 rule of its schema"},
		{[]core.Violation{header, {Pointer: "/id", Detail: "not JSON, says a schema"}}, "the message breaks 2 rules of its schema"},
		{[]core.Violation{{Detail: "not JSON: the text is empty"}}, "the message is not JSON: the text is empty"},
		{[]core.Violation{header, {Detail: "not JSON"}}, "the message is not JSON"},
	} {
		e := &core.Error{Code: core.CodeInvalidMessage, Violations: c.violations}
		if got := Detail(e); got != c.want {
			t.Errorf("%v: got %s, want %s", c.violations, got, c.want)
		}
	}
}

func BenchmarkAppendReceipt(b *testing.B) {
	r := core.Receipt{Topic: "orders", Partition: 3, Offset: 4711, Timestamp: time.UnixMilli(1760000000007)}
	buffer := make([]byte, 0, 256)
	b.ReportAllocs()
	for b.Loop() {
		AppendReceipt(buffer, r)
	}
}
