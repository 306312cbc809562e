package security

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/penstock-dev/penstock/runtime/jaas"
)

// TestExamplesOfTheDocs reads every example of docs/security.md; there is one for each mechanism.
func TestExamplesOfTheDocs(t *testing.T) {
	page, err := os.ReadFile("../../../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	var seen []string
	for _, example := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(page, -1) {
		var o struct{ Security map[string]any }
		if err := yaml.Unmarshal(example[1], &o); err != nil {
			t.Fatalf("%v\n%s", err, example[1])
		}
		text, err := json.Marshal(o.Security)
		if err != nil {
			t.Fatal(err)
		}
		c, err := Parse(text)
		if err != nil || c.Protocol == Plaintext {
			t.Errorf("%v\n%s", err, example[1])
		}
		seen = append(seen, c.Mechanism)
	}
	for _, mechanism := range jaas.Served() {
		if mechanism != "SCRAM-SHA-256" && !slices.Contains(seen, mechanism) {
			t.Errorf("no example of %s", mechanism)
		}
	}
}
