package expr

import (
	"errors"
	"os"
	"strings"
	"testing"
)

// FuzzCompile: no text makes the package fail otherwise than by its errors, and each of them
// has a place in the text.
func FuzzCompile(f *testing.F) {
	data, err := os.ReadFile("testdata/cases.txt")
	if err != nil {
		f.Fatal(err)
	}
	for _, line := range strings.Split(string(data), "\n") {
		if text, _, isCase := strings.Cut(line, "\t"); isCase {
			f.Add(text)
		}
	}
	scope := exampleScope(f)
	f.Fuzz(func(t *testing.T, text string) {
		for _, place := range []Place{Configuration, Request, Message} {
			compiled, err := Compile(text, place)
			var faults Faults
			if errors.As(err, &faults) {
				for _, fault := range faults {
					if fault.Offset < 0 || fault.Offset > len(text) || fault.Message == "" {
						t.Fatalf("%q: %+v", text, fault)
					}
				}
				continue
			} else if err != nil {
				t.Fatal(err)
			}
			_, err = compiled.Text(scope)
			var placed *EvaluationError
			if err != nil && (!errors.As(err, &placed) || placed.Offset < 0 || placed.Offset > len(text)) {
				t.Fatalf("%q: %v", text, err)
			}
		}
	})
}
