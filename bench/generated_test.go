package main

import (
	"context"
	"testing"

	"github.com/penstock-dev/penstock/generator"
)

// TestGeneratedIsCurrent: bench/generated is what bench/specs gives today.
// make generate refreshes it.
func TestGeneratedIsCurrent(t *testing.T) {
	result, err := generator.Generate(context.Background(), generator.Options{Out: "generated", Check: true}, "specs/bench.yaml")
	if err != nil || len(result.Changed) > 0 || len(result.Issues) > 0 {
		t.Errorf("out of date: %q, issues %v, %v", result.Changed, result.Issues, err)
	}
}
