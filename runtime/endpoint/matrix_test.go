package endpoint

import (
	"os"
	"strings"
	"testing"
)

// TestMatrixIsDocumented holds the table of docs/qos.md against the matrix, both ways.
func TestMatrixIsDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/qos.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(text), "| entrypoint | direction | levels |\n|---|---|---|\n")
	table, _, _ = strings.Cut(table, "\n\n")
	var want []string
	for _, kind := range Kinds() {
		for _, d := range []struct {
			direction Direction
			name      string
		}{{Publishing, "publish"}, {Subscribing, "subscribe"}} {
			levels := Matrix(kind, d.direction)
			if len(levels) == 0 {
				continue
			}
			names := make([]string, len(levels))
			for i, level := range levels {
				names[i] = string(level)
			}
			want = append(want, "| "+string(kind)+" | "+d.name+" | "+strings.Join(names, ", ")+" |")
		}
	}
	if !found || table != strings.Join(want, "\n") {
		t.Errorf("docs/qos.md has the table\n%s\nwant\n%s", table, strings.Join(want, "\n"))
	}
}
