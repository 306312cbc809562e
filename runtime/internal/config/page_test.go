package config

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// TestEverySettingHasItsRow holds docs/operations.md against the settings there are.
func TestEverySettingHasItsRow(t *testing.T) {
	page, err := os.ReadFile("../../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]string{} // the names of a group's rows, by group
	for line := range bytes.Lines(page) {
		first, _, _ := strings.Cut(strings.TrimPrefix(string(line), "| "), " |")
		first = strings.NewReplacer("&lt;", "<", "&gt;", ">", "auth.&lt;scheme&gt;.", "auth.").Replace(first)
		group, names, _ := strings.Cut(first, ".")
		rows[group] += "," + strings.ReplaceAll(names, " ", "")
	}
	var b strings.Builder
	if err := Describe(&b); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(b.String()) {
		setting, _, _ := strings.Cut(line, " ")
		group, name, nested := strings.Cut(setting, ".")
		if group == "apis" || group == "SETTING" || !nested {
			continue
		}
		words := "," + strings.ReplaceAll(rows[group], group+".", "") + ","
		if short := name[strings.LastIndexByte(name, '.')+1:]; !strings.Contains(words, ","+name+",") && !strings.Contains(words, ","+short+",") {
			t.Errorf("docs/operations.md has no row for %s", setting)
		}
	}
}
