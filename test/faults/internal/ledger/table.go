package ledger

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// Total adds up the verdicts of many runs, for each level and entrypoint.
func Total(verdicts []*Verdict) []*Verdict {
	type row struct {
		via          Via
		reads, nacks bool
	}
	rows := map[row]*Verdict{}
	var out []*Verdict
	for _, v := range verdicts {
		at := row{v.Via, v.Reader != "", v.Nacks}
		sum := rows[at]
		if sum == nil {
			sum = &Verdict{Reader: v.Reader, Via: v.Via, Nacks: v.Nacks}
			rows[at] = sum
			out = append(out, sum)
		}
		sum.add(v)
	}
	slices.SortStableFunc(out, func(a, b *Verdict) int { return a.rank() - b.rank() })
	return out
}

// add counts what a promise was broken for as broken, also where other runs did not promise it.
func (v *Verdict) add(other *Verdict) {
	v.Sent += other.Sent
	v.Receipted += other.Receipted
	v.Failed += other.Failed
	v.Unknown += other.Unknown
	v.Arrived += other.Arrived
	v.Acknowledged += other.Acknowledged
	v.Letters += other.Letters
	for f := range findings {
		v.found[f] = append(v.found[f], other.found[f]...)
		v.promised[f] = v.promised[f] || other.promised[f] && len(other.found[f]) > 0
	}
}

func (v *Verdict) rank() int {
	rank := 10 * slices.Index(endpoint.Levels(), v.Via.Level)
	switch {
	case v.Nacks:
		rank += 2000
	case v.Reader != "":
		rank += 1000
	}
	return rank
}

// layout gives the head of the columns that a verdict is printed in, its numbers and its findings.
func (v *Verdict) layout() (head []string, counts []int, columns []Finding) {
	switch {
	case v.Reader == "":
		head = []string{"publishing", "", "sent", "receipted", "refused", "unknown", "in Kafka"}
		counts = []int{v.Sent, v.Receipted, v.Failed, v.Unknown, v.Arrived}
		columns = []Finding{FalseReceipt, Twice, FalseFailure, Disorder}
	case v.Nacks:
		head = []string{"nacking", "", "in Kafka", "delivered", "acknowledged", "dead letters"}
		counts = []int{v.Sent, v.Arrived, v.Acknowledged, v.Letters}
		columns = []Finding{Lost, Doubled, Disorder, Overcommitted, Invented, FalseLetter}
	default:
		head = []string{"subscribing", "", "in Kafka", "delivered"}
		counts = []int{v.Sent, v.Arrived}
		columns = []Finding{Lost, Doubled, Disorder, Overcommitted, Invented}
	}
	for _, f := range columns {
		head = append(head, f.String())
	}
	return head, counts, columns
}

// Table prints verdicts, publishing first: "0" is a promise kept, "3!" one broken, "(3)" a number
// about which nothing is promised.
func Table(w io.Writer, verdicts []*Verdict) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	head := ""
	for _, v := range verdicts {
		title, counts, columns := v.layout()
		if line := strings.Join(title, "\t"); line != head {
			head = line
			if err := t.Flush(); err != nil {
				return err
			}
			fmt.Fprintln(t, head)
		}
		fmt.Fprintln(t, strings.Join(v.cells(counts, columns), "\t"))
	}
	return t.Flush()
}

func (v *Verdict) cells(counts []int, columns []Finding) []string {
	cells := []string{string(v.Via.Level), string(v.Via.Entrypoint)}
	for _, n := range counts {
		cells = append(cells, fmt.Sprint(n))
	}
	for _, f := range columns {
		n := v.Count(f)
		switch {
		case !v.Promised(f) && n > 0:
			cells = append(cells, fmt.Sprintf("(%d)", n))
		case n > 0:
			cells = append(cells, fmt.Sprintf("%d!", n))
		default:
			cells = append(cells, "0")
		}
	}
	return cells
}
