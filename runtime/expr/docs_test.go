package expr

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func readDocs(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("../../docs/expressions.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

var (
	exampleBlock = regexp.MustCompile("(?s)```expression\n(.*?)```")
	example      = regexp.MustCompile(`^(.*?) +(→ .*|[?!] character .*)$`)
)

// TestDocumentedExamples runs every example of docs/expressions.md.
func TestDocumentedExamples(t *testing.T) {
	count := 0
	for _, block := range exampleBlock.FindAllStringSubmatch(readDocs(t), -1) {
		for _, line := range strings.Split(strings.TrimSpace(block[1]), "\n") {
			parts := example.FindStringSubmatch(line)
			if parts == nil {
				t.Errorf("no example: %s", line)
				continue
			}
			text, want := parts[1], strings.TrimPrefix(parts[2], "→ ")
			count++
			place := Configuration
			if strings.Contains(text, "#message") {
				place = Message
			}
			if got := outcome(text, place, exampleScope(t)); got != want {
				t.Errorf("%s\ngot  %s\nwant %s", text, got, want)
			}
		}
	}
	if count < 40 {
		t.Errorf("%d examples were found", count)
	}
}

// TestDocumentedNames holds the tables of methods and variables against those of the package.
func TestDocumentedNames(t *testing.T) {
	docs := readDocs(t)
	want := map[string][]string{}
	for row, kind := range map[string]Kind{"texts": Text, "lists": List, "maps": Map, "numbers": Int, "booleans": Bool} {
		for name := range methods[kind] {
			want[row] = append(want[row], name)
		}
	}
	for name, known := range types {
		row := "`T(" + strings.TrimPrefix(name, "java.lang.") + ")`"
		for method := range known {
			want[row] = append(want[row], method)
		}
	}
	for name, shape := range variables {
		for member := range shape.members {
			want["`#"+name+"`"] = append(want["`#"+name+"`"], member)
		}
	}
	words := regexp.MustCompile("`([a-zA-Z]+)`")
	for row, names := range want {
		match := regexp.MustCompile(`(?m)^\| ` + regexp.QuoteMeta(row) + ` \| ([^|]*)`).FindStringSubmatch(docs)
		if match == nil {
			t.Errorf("docs/expressions.md has no row %s", row)
			continue
		}
		var got []string
		for _, word := range words.FindAllStringSubmatch(match[1], -1) {
			got = append(got, word[1])
		}
		slices.Sort(got)
		slices.Sort(names)
		if !slices.Equal(got, names) {
			t.Errorf("row %s of docs/expressions.md\ngot  %s\nwant %s", row, got, names)
		}
	}
}
