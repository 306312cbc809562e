// Package typecheck compiles generated code in tests, without writing it to disk: it is parsed
// and type-checked against the export data of the packages that it imports.
package typecheck

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"sync"

	// Generated unions import it. No document in specs/ has one, and without this import
	// go.mod would lose what a user's gateway needs.
	_ "github.com/oapi-codegen/runtime"
)

// The packages that generated code may import: those of others, and our own.
var (
	foreign = []string{
		"bytes", "context", "embed", "encoding/json", "errors", "fmt", "time",
		"github.com/oapi-codegen/runtime", "github.com/oapi-codegen/runtime/types",
	}
	own = []string{"github.com/penstock-dev/penstock/runtime", "github.com/penstock-dev/penstock/runtime/endpoint"}
)

// The export data of each; go list builds what is not in its cache. Types alone need the first
// list only.
var (
	foreignExports = sync.OnceValues(func() (map[string]string, error) { return exports(foreign) })
	ownExports     = sync.OnceValues(func() (map[string]string, error) { return exports(slices.Concat(foreign, own)) })
)

// exports finds the files of export data of packages and of all that they import.
func exports(packages []string) (map[string]string, error) {
	args := append([]string{"list", "-export", "-deps", "-f", "{{.ImportPath}}\t{{.Export}}"}, packages...)
	var stderr bytes.Buffer
	cmd := exec.Command("go", args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w\n%s", err, stderr.Bytes())
	}
	files := map[string]string{}
	for line := range strings.Lines(string(out)) {
		pkg, file, _ := strings.Cut(strings.TrimSpace(line), "\t")
		files[pkg] = file
	}
	return files, nil
}

// Packages type-checks the packages of a tree: Go files by slash-separated path below the import
// path root. Packages may import each other. It returns every error.
func Packages(root string, files map[string][]byte) error {
	load := foreignExports
	for _, source := range files {
		if bytes.Contains(source, []byte(own[0])) {
			load = ownExports
		}
	}
	exported, err := load()
	if err != nil {
		return err
	}
	fset := token.NewFileSet()
	c := &checker{fset: fset, parsed: map[string][]*ast.File{}, done: map[string]*types.Package{}}
	c.base = importer.ForCompiler(fset, "gc", func(pkg string) (io.ReadCloser, error) {
		file := exported[pkg]
		if file == "" {
			return nil, fmt.Errorf("package %q is not among those that generated code may import", pkg)
		}
		return os.Open(file)
	})
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if !strings.HasSuffix(name, ".go") {
			continue
		}
		file, err := parser.ParseFile(fset, name, files[name], parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		pkg := path.Join(root, path.Dir(name))
		c.parsed[pkg] = append(c.parsed[pkg], file)
	}
	for _, pkg := range slices.Sorted(maps.Keys(c.parsed)) {
		if _, err := c.Import(pkg); err != nil {
			c.errs = append(c.errs, err)
		}
	}
	return errors.Join(c.errs...)
}

// checker is an importer that checks the packages it was given and reads the others.
type checker struct {
	fset   *token.FileSet
	base   types.Importer
	parsed map[string][]*ast.File
	done   map[string]*types.Package
	errs   []error
}

// Import implements types.Importer.
func (c *checker) Import(pkg string) (*types.Package, error) {
	if p := c.done[pkg]; p != nil {
		return p, nil
	}
	files, ok := c.parsed[pkg]
	if !ok {
		return c.base.Import(pkg)
	}
	conf := types.Config{Importer: c, Error: func(err error) { c.errs = append(c.errs, err) }}
	p, _ := conf.Check(pkg, c.fset, files, nil) // errors are collected above
	c.done[pkg] = p
	return p, nil
}
