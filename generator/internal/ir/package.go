package ir

import (
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/goname"
)

// unusable are names that Go refuses as a package or reads in a way of its own, beside keywords
// and predeclared names: generated/register.gen.go imports every package of the documents, and
// the first two by their own name.
var unusable = []string{"runtime", "errors", "main", "internal", "vendor", "testdata", "documentation"}

// checkPackage refuses names of apis that cannot be packages.
func (l *lowering) checkPackage() {
	name := l.out.Name
	if goname.Legal(name) && !slices.Contains(unusable, name) && !strings.HasPrefix(name, "_") && !strings.HasSuffix(name, "_test") && l.out.GoName != "" {
		return
	}
	l.fail(l.start(), "api %q cannot be a Go package: choose another name with x-kafka-api", name)
}
