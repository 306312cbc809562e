package ledger

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// nacking is a run with one more reader, which has delivered and acknowledged all but r5. r5 it has
// delivered and nacked so many times over one connection.
func nacking(times int) (*run, *Reader) {
	r := published()
	r.readBut(Via{})
	reader := r.NackingReader("nacking", acking)
	for _, i := range []int{0, 1, 2, 3, 4} {
		reader.Deliver("c", name(i))
		reader.Acknowledge(name(i))
	}
	for range times {
		reader.Deliver("c", "r5")
		reader.Nack("c", "r5")
	}
	return r, reader
}

// letter is the dead letter of a record of nacking.
func letter(i int) Letter { return Letter{ID: name(i), Origin: place(i), Deliveries: mostDeliveries} }

// wantLetters is want for a run with dead letters.
func (r *run) wantLetters(t *testing.T, letters []Letter, broken ...string) {
	t.Helper()
	var got []string
	for _, v := range r.Check(r.records, letters, Rough) {
		got = append(got, v.Broken()...)
	}
	if diff := cmp.Diff(broken, got); diff != "" {
		t.Error(diff)
	}
}

func TestNackedUpToTheLimit(t *testing.T) {
	r, reader := nacking(mostDeliveries)
	reader.Commit(0, 3)
	reader.Commit(1, 3)
	letters := []Letter{letter(5)}
	r.wantLetters(t, letters)
	if got := reader.Done(letters); got != 6 {
		t.Errorf("%d records are done", got)
	}
	if got := r.readers[acking].Done(letters); got != 6 {
		t.Errorf("%d records are done for one that does not nack", got)
	}
}

func TestNackedThenAcknowledged(t *testing.T) {
	r, reader := nacking(2)
	reader.Deliver("d", "r5")
	reader.Acknowledge("r5")
	r.wantLetters(t, nil)
}

// TestLossBehindNacks: a record that came, and was neither acknowledged nor became a dead letter.
func TestLossBehindNacks(t *testing.T) {
	r, reader := nacking(mostDeliveries)
	r.wantLetters(t, nil, "lost: r5 at 1#2: neither acknowledged nor a dead letter")
	if got := reader.Done(nil); got != 5 {
		t.Errorf("%d records are done", got)
	}

	r, _ = nacking(1)
	r.wantLetters(t, nil, "lost: r5 at 1#2: neither acknowledged nor a dead letter")

	r, _ = nacking(0)
	r.wantLetters(t, nil, "lost: r5 at 1#2")
}

func TestFalseLetters(t *testing.T) {
	r, reader := nacking(mostDeliveries - 1)
	reader.Deliver("d", "r5")
	reader.Nack("d", "r5")
	r.wantLetters(t, []Letter{letter(5)}, "false letter: r5 at 1#2: was not nacked 5 times")

	r, reader = nacking(1)
	reader.Acknowledge("r5")
	r.wantLetters(t, []Letter{letter(0)}, "false letter: r0 at 0#0: was not nacked 5 times")

	for _, c := range []struct {
		letter Letter
		want   string
	}{
		{Letter{"r5", Place{0, 1}, mostDeliveries}, "false letter: r5: names 0#1, in Kafka 1#2"},
		{Letter{"r5", place(5), 4}, "false letter: r5 at 1#2: names 4 deliveries"},
	} {
		r, _ = nacking(mostDeliveries)
		r.wantLetters(t, []Letter{c.letter}, c.want)
	}
	r, _ = nacking(mostDeliveries)
	r.wantLetters(t, []Letter{letter(5), {"ghost", Place{0, 7}, mostDeliveries}}, "false letter: ghost: names 0#7, in Kafka nowhere")
}

func TestCommitBeforeTheLastNack(t *testing.T) {
	r, reader := nacking(mostDeliveries - 1)
	reader.Deliver("c", "r5")
	reader.Commit(1, 3)
	reader.Nack("c", "r5")
	r.wantLetters(t, []Letter{letter(5)}, "overcommitted: r5 at 1#2: offset 3 was committed before")
}

// TestDoublesOfNacks: a delivery that a nack asked for is no double; one that came by itself, and a
// second dead letter, are, which at-least-once allows.
func TestDoublesOfNacks(t *testing.T) {
	r, reader := nacking(mostDeliveries)
	reader.Deliver("c", "r4")
	letters := []Letter{letter(5), letter(5)}
	r.wantLetters(t, letters)
	verdicts := r.Check(r.records, letters, Rough)
	want := []string{`doubled: r4 at 0#2: by ["c" "c"]`, `doubled: r5 at 1#2: a dead letter again`}
	if diff := cmp.Diff(want, verdicts[len(verdicts)-1].Allowed()); diff != "" {
		t.Error(diff)
	}
}

func TestTableOfNacks(t *testing.T) {
	r, _ := nacking(mostDeliveries)
	verdicts := r.Check(r.records, nil, Rough)
	var text strings.Builder
	if err := Table(&text, Total(append(verdicts, verdicts...))); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(text.String()), "\n")
	var got []string
	for _, line := range lines[len(lines)-3:] {
		got = append(got, strings.Join(strings.Fields(line), " "))
	}
	want := []string{
		"at-least-once websocket 12 12 0 0 0 0 0",
		"nacking in Kafka delivered acknowledged dead letters lost doubled disorder overcommitted invented false letter",
		"at-least-once websocket 12 12 10 0 2! 0 0 0 0 0",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
