package types

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
)

// importable are the packages that oapi-codegen's declarations refer to, sorted by path.
var importable = []Import{
	{Path: "encoding/json"},
	{Path: "errors"},
	{Path: "fmt"},
	{Name: "", Path: "github.com/oapi-codegen/runtime"},
	{Name: "openapi_types", Path: "github.com/oapi-codegen/runtime/types"},
	{Path: "time"},
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
		if used[candidate.Qualifier()] {
			imports = append(imports, candidate)
		}
	}
	return imports, nil
}

// Qualifier is the name by which a file refers to the package.
func (i Import) Qualifier() string {
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
