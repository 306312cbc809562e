package project

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"go/format"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"text/template"
)

//go:embed all:template
var templates embed.FS

// values fill the templates.
type values struct {
	Name   string // of the project
	Module string // its module path
	Penstock,
	Version,
	Checkout string
}

func newValues(module string, source Source) values {
	return values{
		Name: module[strings.LastIndexByte(module, '/')+1:], Module: module,
		Penstock: modulePath, Version: source.Version, Checkout: filepath.ToSlash(source.Dir),
	}
}

// initial are the files of a new project.
var initial = []string{
	"go.mod.tmpl", "gitignore.tmpl", "Makefile.tmpl", "README.md.tmpl", "specs/orders.yaml.tmpl",
	"cmd/gateway/main.go.tmpl", "cmd/gateway/hooks.go.tmpl",
}

// Create writes a new project into a folder, which it makes. The folder may be there when it is
// empty, or holds nothing but .git. module is the new module's path; "" makes one of the folder's
// name.
func Create(dir, module string, source Source) error {
	if err := checkEmpty(dir); err != nil {
		return err
	}
	if module == "" {
		name, err := projectName(dir)
		if err != nil {
			return err
		}
		module = "example.com/" + name
	}
	if err := write(dir, newValues(module, source), initial...); err != nil {
		return err
	}
	return writeSums(dir, source)
}

func checkEmpty(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("make the project: %w", err)
	}
	for _, entry := range entries {
		if entry.Name() != ".git" {
			return fmt.Errorf("%q is not empty: it holds %q", dir, entry.Name())
		}
	}
	return nil
}

var unfit = regexp.MustCompile(`[^a-z0-9._-]+`)

// projectName makes a name of a folder's.
func projectName(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("name the project: %w", err)
	}
	name := strings.Trim(unfit.ReplaceAllString(strings.ToLower(filepath.Base(dir)), "-"), "-._")
	if name == "" {
		name = "gateway"
	}
	return name, nil
}

// write renders templates into a folder: x.tmpl becomes x, gitignore becomes .gitignore.
func write(dir string, v values, names ...string) error {
	for _, name := range names {
		text, err := render(name, v)
		if err != nil {
			return err
		}
		target := strings.TrimSuffix(strings.Replace(name, "nohooks", "hooks", 1), ".tmpl")
		if target == "gitignore" {
			target = ".gitignore"
		}
		file := filepath.Join(dir, filepath.FromSlash(target))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil { //nolint:gosec // a project's folder
			return fmt.Errorf("make the project: %w", err)
		}
		if err := os.WriteFile(file, text, 0o644); err != nil { //nolint:gosec // a project's file
			return fmt.Errorf("make the project: %w", err)
		}
	}
	return nil
}

func render(name string, v values) ([]byte, error) {
	text, err := templates.ReadFile("template/" + name)
	if err != nil {
		return nil, fmt.Errorf("make the project: %w", err)
	}
	parsed, err := template.New(name).Delims("[[", "]]").Option("missingkey=error").Parse(string(text))
	if err != nil {
		return nil, fmt.Errorf("make the project: %w", err)
	}
	var out bytes.Buffer
	if err := parsed.Execute(&out, v); err != nil {
		return nil, fmt.Errorf("make the project: %w", err)
	}
	if !strings.HasSuffix(name, ".go.tmpl") {
		return out.Bytes(), nil
	}
	formatted, err := format.Source(out.Bytes())
	if err != nil {
		return nil, fmt.Errorf("make the project: %q: %w", name, err)
	}
	return formatted, nil
}

func writeSums(dir string, source Source) error {
	text, err := source.sums()
	if err != nil || text == nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "go.sum"), text, 0o644); err != nil { //nolint:gosec // a project's file
		return fmt.Errorf("make the project: %w", err)
	}
	return nil
}
