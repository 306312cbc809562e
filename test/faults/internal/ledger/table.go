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
		via   Via
		reads bool
	}
	rows := map[row]*Verdict{}
	var out []*Verdict
	for _, v := range verdicts {
		at := row{v.Via, v.Reader != ""}
		sum := rows[at]
		if sum == nil {
			sum = &Verdict{Reader: v.Reader, Via: v.Via}
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
	for f := range findings {
		v.found[f] = append(v.found[f], other.found[f]...)
		v.promised[f] = v.promised[f] || other.promised[f] && len(other.found[f]) > 0
	}
}

func (v *Verdict) rank() int {
	rank := 10 * slices.Index(endpoint.Levels(), v.Via.Level)
	if v.Reader != "" {
		rank += 1000
	}
	return rank
}

// Table prints verdicts, publishing first: "0" is a promise kept, "3!" one broken, "(3)" a number
// about which nothing is promised.
func Table(w io.Writer, verdicts []*Verdict) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	head := ""
	for _, v := range verdicts {
		columns := []Finding{Lost, Doubled, Disorder, Overcommitted, Invented}
		counts := []int{v.Sent, v.Arrived}
		title := []string{"subscribing", "", "in Kafka", "delivered"}
		if v.Reader == "" {
			columns = []Finding{FalseReceipt, Twice, FalseFailure, Disorder}
			counts = []int{v.Sent, v.Receipted, v.Failed, v.Unknown, v.Arrived}
			title = []string{"publishing", "", "sent", "receipted", "refused", "unknown", "in Kafka"}
		}
		for _, f := range columns {
			title = append(title, f.String())
		}
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
