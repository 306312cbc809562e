package expr

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/runtime/expr/internal/method"
)

func readDocs(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("../../docs/expressions.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestDocumentedNames holds the tables of methods and variables against those of the package.
func TestDocumentedNames(t *testing.T) {
	docs := readDocs(t)
	want := map[string][]string{}
	for row, kind := range map[string]Kind{"texts": Text, "lists": List, "maps": Map, "numbers": Int, "booleans": Bool} {
		for name := range method.ByKind[kind] {
			want[row] = append(want[row], name)
		}
	}
	for name, known := range method.Static {
		row := "`T(" + strings.TrimPrefix(name, "java.lang.") + ")`"
		for method := range known {
			want[row] = append(want[row], method)
		}
	}
	for name, variable := range variables {
		for member := range variable.Members {
			want["`#"+name+"`"] = append(want["`#"+name+"`"], member)
			if said := regexp.MustCompile("(?m)^\\| [^|]*`#" + name + "\\." + member + "`[^|]* \\| "); !said.MatchString(docs) {
				t.Errorf("docs/expressions.md does not say what #%s.%s is", name, member)
			}
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

// TestEveryMethodHasAnExample: package scope runs them.
func TestEveryMethodHasAnExample(t *testing.T) {
	docs := readDocs(t)
	receivers := map[string][]string{}
	for _, kind := range []Kind{Text, List, Map, Bool, Int} {
		for name := range method.ByKind[kind] {
			receivers["."+name+"("] = append(receivers["."+name+"("], kind.String())
		}
	}
	for name, known := range method.Static {
		if short := strings.TrimPrefix(name, "java.lang."); short == "Math" {
			for method := range known {
				receivers["T("+short+")."+method+"("] = []string{name}
			}
		}
	}
	for call, of := range receivers {
		if !strings.Contains(docs, call) {
			t.Errorf("docs/expressions.md has no example of %s) of %s", call, strings.Join(of, ", "))
		}
	}
}
