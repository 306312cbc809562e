package overlay

import (
	"os"
	"path/filepath"
	"testing"
)

func TestApply(t *testing.T) {
	source := t.TempDir()
	write(t, filepath.Join(source, "doc.yaml"), "b: {x: 1, gone: 2}\na: [1, 2]\nc: on\n")
	write(t, filepath.Join(source, "beside", "schema.json"), "{}")
	patch := filepath.Join(t.TempDir(), "doc.overlay.yaml")
	write(t, patch, "b: {gone: null, y: {z: 3}}\na: [3]\nx-new: true\n")

	dir := t.TempDir()
	name, err := Apply(dir, filepath.Join(source, "doc.yaml"), patch)
	if err != nil {
		t.Fatal(err)
	}
	const want = "{\n\"b\":{\n\"x\":1,\n\"y\":{\n\"z\":3}},\n\"a\":[\n3],\n\"c\":\"on\",\n\"x-new\":true}\n"
	if got := content(t, name); got != want {
		t.Errorf("the copy is %s, want %s", got, want)
	}
	if got := content(t, filepath.Join(dir, "beside", "schema.json")); got != "{}" {
		t.Errorf("the file beside is %q", got)
	}
}

func TestApplyWithoutOverlay(t *testing.T) {
	source := filepath.Join(t.TempDir(), "doc.yaml")
	write(t, source, "a: 1\n")
	name, err := Apply(t.TempDir(), source, "nowhere.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if got := content(t, name); got != "a: 1\n" {
		t.Errorf("the copy is %q", got)
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func content(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
