package ledger

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/runtime/endpoint"
)

var (
	posted = Via{endpoint.HTTPPost, endpoint.Balanced}
	atNone = Via{endpoint.SSE, endpoint.None}
	acking = Via{endpoint.WebSocket, endpoint.AtLeastOnce}
	atMost = Via{endpoint.SSE, endpoint.AtMostOnce}
)

// run is a run without a fault: six records over two partitions, receipted, and read by a reader
// of each kind. Tests change it before it is judged.
type run struct {
	*Ledger
	records []Record
	readers map[Via]*Reader
}

func place(i int) Place { return Place{Partition: int32(i % 2), Offset: int64(i / 2)} }

func name(i int) string { return fmt.Sprintf("r%d", i) }

func published() *run {
	r := &run{Ledger: New(), readers: map[Via]*Reader{}}
	for i := range 6 {
		at := place(i)
		r.Send(name(i), posted, "s", i)
		r.Answer(name(i), Receipted, &at)
		r.records = append(r.records, Record{name(i), at})
	}
	for _, via := range []Via{atNone, acking, atMost} {
		r.readers[via] = r.Reader(string(via.Entrypoint)+" "+string(via.Level), via)
	}
	return r
}

// read delivers records to a reader over one connection; the one at acking acknowledges them.
func (r *run) read(via Via, records ...int) {
	for _, i := range records {
		r.readers[via].Deliver("c", name(i))
		if via == acking {
			r.readers[via].Acknowledge(name(i))
		}
	}
}

func (r *run) readBut(changed Via) {
	for via := range r.readers {
		if via != changed {
			r.read(via, 0, 1, 2, 3, 4, 5)
		}
	}
}

func (r *run) want(t *testing.T, broken ...string) {
	t.Helper()
	var got []string
	for _, v := range r.Check(r.records, nil, Rough) {
		got = append(got, v.Broken()...)
	}
	if diff := cmp.Diff(broken, got); diff != "" {
		t.Error(diff)
	}
}

func TestNothingWrong(t *testing.T) {
	r := published()
	r.readBut(Via{})
	r.readers[acking].Commit(0, 3)
	r.readers[acking].Commit(1, 3)
	r.want(t)
}

func TestLoss(t *testing.T) {
	r := published()
	r.readBut(acking)
	r.read(acking, 0, 1, 2, 4, 5)
	r.want(t, "lost: r3 at 1#1")

	r = published()
	r.readBut(atMost)
	r.read(atMost, 0)
	r.want(t) // at-most-once may lose
}

func TestDouble(t *testing.T) {
	r := published()
	r.readBut(atMost)
	r.read(atMost, 0, 1, 2, 3, 4, 5)
	r.readers[atMost].Deliver("d", "r4")
	r.want(t, `doubled: r4 at 0#2: by ["c" "d"]`)

	r = published()
	r.readBut(acking)
	r.read(acking, 0, 1, 2, 3, 4, 4, 5)
	r.want(t) // at-least-once may double
}

func TestSwap(t *testing.T) {
	r := published()
	r.readBut(atNone)
	r.read(atNone, 0, 1, 4, 2, 3, 5)
	r.want(t, `disorder: r2 at 0#1 came after offset 2, to "c"`)
}

func TestOtherConnectionBeginsAnew(t *testing.T) {
	r := published()
	r.readBut(acking)
	r.read(acking, 0, 1, 2, 3, 4, 5)
	r.readers[acking].Deliver("d", "r2")
	r.want(t)
}

func TestSwapInKafka(t *testing.T) {
	r := published()
	r.records[0].Place, r.records[2].Place = r.records[2].Place, r.records[0].Place
	at0, at2 := r.records[0].Place, r.records[2].Place
	r.Answer("r0", Receipted, &at0)
	r.Answer("r2", Receipted, &at2)
	for via := range r.readers {
		r.read(via, 2, 1, 0, 3, 4, 5)
	}
	r.want(t, "disorder: r2 at 0#0 stands before r0 at 0#1")
}

func TestFalseReceipt(t *testing.T) {
	r := published()
	r.records = r.records[:5]
	for via := range r.readers {
		r.read(via, 0, 1, 2, 3, 4)
	}
	r.want(t, "false receipt: r5: receipt 1#2, in Kafka nowhere")
}

func TestReceiptOfAnotherPlace(t *testing.T) {
	r := published()
	r.readBut(Via{})
	wrong := Place{1, 0}
	r.Answer("r5", Receipted, &wrong)
	r.want(t, "false receipt: r5: receipt 1#0, in Kafka 1#2")
}

func TestTwiceInKafka(t *testing.T) {
	r := published()
	r.readBut(Via{})
	r.records = append(r.records, Record{"r1", Place{0, 3}})
	r.want(t, "twice: r1: in Kafka 1#0,0#3")
}

func TestFalseFailure(t *testing.T) {
	r := published()
	r.readBut(Via{})
	r.Answer("r1", Failed, nil)
	r.want(t, "false failure: r1: refused, in Kafka 1#0")
}

func TestUnknownOutcomeMayBeEither(t *testing.T) {
	r := published()
	r.readBut(Via{})
	r.Answer("r1", Unknown, nil)
	r.Send("r6", posted, "s", 6)
	r.want(t)
}

func TestCommitTooFar(t *testing.T) {
	r := published()
	r.readBut(acking)
	r.read(acking, 0, 1, 2, 3)
	r.readers[acking].Deliver("c", "r4")
	r.readers[acking].Commit(0, 3)
	r.readers[acking].Acknowledge("r4") // too late
	r.read(acking, 5)
	r.want(t, "overcommitted: r4 at 0#2: offset 3 was committed before")
}

func TestDeliveredButNotInKafka(t *testing.T) {
	r := published()
	r.readBut(Via{})
	r.readers[atMost].Deliver("c", "ghost")
	r.want(t, `invented: ghost: by ["c"]`)
}

func TestBalancedLosesNothingWhenCalm(t *testing.T) {
	r := published()
	r.readBut(Via{})
	balanced := r.Reader("group", Via{endpoint.SSE, endpoint.Balanced})
	balanced.Deliver("c", "r0")
	r.want(t)
	verdicts := r.Check(r.records, nil, Calm)
	if got := verdicts[len(verdicts)-1].Count(Lost); got != 5 || len(verdicts[len(verdicts)-1].Broken()) != 5 {
		t.Errorf("%d lost", got)
	}
}

func TestNothingDoublesWhenOrderly(t *testing.T) {
	r := published()
	r.readBut(Via{})
	balanced := r.Reader("group", Via{endpoint.SSE, endpoint.Balanced})
	for i := range 6 {
		balanced.Deliver("c", name(i))
	}
	balanced.Deliver("d", "r3")
	r.want(t)
	verdicts := r.Check(r.records, nil, Orderly)
	want := []string{`doubled: r3 at 1#1: by ["c" "d"]`}
	if diff := cmp.Diff(want, verdicts[len(verdicts)-1].Broken()); diff != "" {
		t.Error(diff)
	}
}

func TestTable(t *testing.T) {
	r := published()
	r.readBut(acking)
	r.read(acking, 0, 1, 2, 4, 4, 5)
	verdicts := r.Check(r.records, nil, Rough)
	var text strings.Builder
	if err := Table(&text, Total(append(verdicts, verdicts...))); err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(text.String()) {
		got = append(got, strings.Join(strings.Fields(line), " "))
	}
	want := []string{
		"publishing sent receipted refused unknown in Kafka false receipt twice false failure disorder",
		"balanced http-post 12 12 0 0 12 0 0 0 0",
		"subscribing in Kafka delivered lost doubled disorder overcommitted invented",
		"none sse 12 12 0 0 0 0 0",
		"at-most-once sse 12 12 0 0 0 0 0",
		"at-least-once websocket 12 10 2! (2) 0 0 0",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestNotesAreCounted(t *testing.T) {
	l := New()
	for _, text := range []string{"a", "b", "a"} {
		l.Note(text)
	}
	if diff := cmp.Diff([]string{"a (2 times)", "b"}, l.Notes()); diff != "" {
		t.Error(diff)
	}
}
