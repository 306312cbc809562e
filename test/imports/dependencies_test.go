package imports

import (
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"testing"
)

// TestEveryDependencyHasItsReason holds docs/dependencies.md against go.mod, both ways.
func TestEveryDependencyHasItsReason(t *testing.T) {
	out, err := exec.Command("go", "mod", "edit", "-json").Output()
	if err != nil {
		t.Fatal(err)
	}
	var mod struct {
		Require []struct {
			Path     string
			Indirect bool
		}
	}
	if err := json.Unmarshal(out, &mod); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("../../docs/dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := make(map[string]bool)
	for _, m := range regexp.MustCompile(`(?m)^\| ([a-z][^ ]*[./][^ ]*) \|`).FindAllStringSubmatch(string(text), -1) {
		documented[m[1]] = true
	}
	for _, r := range mod.Require {
		if !r.Indirect && !documented[r.Path] {
			t.Errorf("docs/dependencies.md gives no reason for %s", r.Path)
		}
		delete(documented, r.Path)
	}
	for path := range documented {
		t.Errorf("docs/dependencies.md has %s, which go.mod does not require", path)
	}
}
