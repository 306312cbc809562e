package report

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Text prints a result as a table.
func Text(w io.Writer, r *Result) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", r.Scenario, r.About)
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(table, "\t%s/s\tratio\tµs CPU each\tratio\tp50 ms\tp99 ms\tMiB\tKiB/connection\t\n", r.Unit)
	for i, f := range r.Contestants {
		ratio := r.Ratio(i)
		fmt.Fprintf(table, "%s\t%.0f\t%.3f\t%.2f\t%.3f\t%.2f\t%.2f\t%.0f\t%s\t\n", f.Name, f.Rate(), ratio.Rate, microseconds(f.CPUPer()), ratio.CPU,
			milliseconds(f.Latency.Quantile(0.5)), milliseconds(f.Latency.Quantile(0.99)), kib(f.Memory)/1024, perConnection(f))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(&b, "broker %.2f core, other processes %.2f core\n", r.Broker, r.Foreign)
	for _, reason := range r.Void() {
		fmt.Fprintf(&b, "VOID: %s\n", reason)
	}
	for _, aim := range r.Missed() {
		fmt.Fprintf(&b, "aim missed: %s\n", aim)
	}
	if r.Aim != (Aim{}) && r.Missed() == nil {
		b.WriteString("aims reached\n")
	}
	_, err := io.WriteString(w, b.String()+"\n")
	return err
}

func perConnection(f *Figures) string {
	if f.BytesPerConnection == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f", kib(f.BytesPerConnection))
}
