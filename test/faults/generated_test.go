package main

import (
	"context"
	"testing"

	"github.com/penstock-dev/penstock/generator"
)

// TestGeneratedIsCurrent: test/faults/generated is what test/faults/specs gives today.
// To refresh it: make generate
func TestGeneratedIsCurrent(t *testing.T) {
	result, err := generator.Generate(context.Background(), generator.Options{Out: "generated", Check: true}, "specs/faults.yaml")
	if err != nil || len(result.Changed) > 0 {
		t.Errorf("out of date: %q, issues %v, %v", result.Changed, result.Issues, err)
	}
}
