package dev

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/penstock-dev/penstock/generator"
)

// build is a gateway that can be started.
type build struct {
	binary       string
	variables    []string // environment beside the user's
	explanations []generator.Explanation
	digest       [sha256.Size]byte
}

func newBuild(binary string, variables []string, explanations []generator.Explanation) (*build, error) {
	b := &build{binary: binary, variables: variables, explanations: explanations}
	file, err := os.Open(binary)
	if err != nil {
		return nil, fmt.Errorf("look at the binary: %w", err)
	}
	defer file.Close() //nolint:errcheck // only read
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return nil, fmt.Errorf("look at the binary: %w", err)
	}
	copy(b.digest[:], hash.Sum(nil))
	return b, nil
}

// same reports whether two builds would run alike: Go builds are reproducible.
func (b *build) same(other *build) bool {
	return other != nil && b.digest == other.digest && slices.Equal(b.variables, other.variables)
}
