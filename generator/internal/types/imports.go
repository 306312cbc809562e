package types

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
)

// importable are the packages that oapi-codegen's declarations refer to: the standard library,
// then others, each sorted by path.
var importable = []Import{
	{Path: "encoding/json"},
	{Path: "errors"},
	{Path: "fmt"},
	{Path: "time"},
	{Path: "github.com/oapi-codegen/runtime", Other: true},
	{Name: "openapi_types", Path: "github.com/oapi-codegen/runtime/types", Other: true},
}

// usedImports lists the packages that declarations use.
func usedImports(source string) ([]Import, error) {
	file, err := parser.ParseFile(token.NewFileSet(), "models.gen.go", "package p\n"+source, parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("the declarations are no Go: %w", err)
	}
	used := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if selector, ok := n.(*ast.SelectorExpr); ok {
			if qualifier, ok := selector.X.(*ast.Ident); ok {
				used[qualifier.Name] = true
			}
		}
		return true
	})
	var imports []Import
	for _, candidate := range importable {
		if used[candidate.qualifier()] {
			candidate.Gap = candidate.Other && len(imports) > 0 && !imports[len(imports)-1].Other
			imports = append(imports, candidate)
		}
	}
	return imports, nil
}

// qualifier is the name by which a file refers to the package.
func (i Import) qualifier() string {
	if i.Name != "" {
		return i.Name
	}
	last := 0
	for at, r := range i.Path {
		if r == '/' {
			last = at + 1
		}
	}
	return i.Path[last:]
}
