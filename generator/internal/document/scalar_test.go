package document

import (
	"testing"
	"testing/fstest"
)

// readText reads a text as a file of the given name, without asking what it is.
func readText(t *testing.T, name, text string) *Document {
	t.Helper()
	d, issues := Read(fstest.MapFS{name: {Data: []byte(text)}}, name)
	for _, i := range issues {
		t.Errorf("unexpected: %s", i)
	}
	if d.Root == nil {
		t.Fatal("nothing was read")
	}
	return d
}

func TestScalarsOfTheCoreSchema(t *testing.T) {
	for _, c := range []struct {
		yaml string
		kind Kind
		text string
	}{
		{"on", String, "on"},
		{"yes", String, "yes"},
		{"Off", String, "Off"},
		{"y", String, "y"},
		{"true", Bool, "true"},
		{"TRUE", Bool, "true"},
		{"False", Bool, "false"},
		{"tRUE", String, "tRUE"},
		{"", Null, ""},
		{"~", Null, ""},
		{"Null", Null, ""},
		{"nil", String, "nil"},
		{"12", Number, "12"},
		{"-0", Number, "-0"},
		{"+7", Number, "7"},
		// Octal in YAML 1.1, decimal in 1.2: leading zeros carry no meaning.
		{"014", Number, "14"},
		{"0o14", Number, "12"},
		{"0x1F", Number, "31"},
		{"0b11", String, "0b11"},
		{"1_000", String, "1_000"},
		{"1:30", String, "1:30"},
		{"2020-01-01", String, "2020-01-01"},
		{"2020-01-01T00:00:00Z", String, "2020-01-01T00:00:00Z"},
		{".5", Number, "0.5"},
		{"5.", Number, "5"},
		{"1.50", Number, "1.50"},
		{"-1e+05", Number, "-1e05"},
		{"1e-3", Number, "1e-3"},
		{"1.2.3", String, "1.2.3"},
		{"0x", String, "0x"},
		{"--1", String, "--1"},
		{"'12'", String, "12"},
		{`"true"`, String, "true"},
		{"|\n  12\n", String, "12\n"},
		{">-\n  a\n  b\n", String, "a b"},
		{"!!str 12", String, "12"},
		{"!!int '12'", Number, "12"},
		{"!!null ''", Null, ""},
		{"=", String, "="},
		{"<<", String, "<<"},
	} {
		n := readText(t, "f.yaml", "v: "+c.yaml).Root.Get("v")
		if n.Kind != c.kind || n.Text != c.text {
			t.Errorf("%q is the %s %q, want the %s %q", c.yaml, n.Kind, n.Text, c.kind, c.text)
		}
	}
}

func TestKeysAreTexts(t *testing.T) {
	d := readText(t, "f.yaml", "200: a\ntrue: b\n1.0: c\n2020-01-01: d\n~: e\n")
	for i, key := range []string{"200", "true", "1.0", "2020-01-01", "~"} {
		if got := d.Root.Keys()[i]; got != key {
			t.Errorf("key %d is %q, want %q", i, got, key)
		}
	}
}
