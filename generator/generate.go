package generator

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/generator/internal/goname"
	"github.com/penstock-dev/penstock/generator/internal/ir"
	"github.com/penstock-dev/penstock/generator/internal/model"
	"github.com/penstock-dev/penstock/generator/internal/render"
	"github.com/penstock-dev/penstock/generator/internal/write"
)

// Options say where Generate writes. The zero value writes to "generated" in the module of the
// working directory.
type Options struct {
	Out   string // folder; "" is "generated"
	Check bool   // report what would change, and write nothing
	// Module is the import path of Out; "" takes it from the go.mod above Out.
	Module string
	// Root is the folder that the paths of documents are written relative to in generated code;
	// "" is the folder of that go.mod. It keeps the code the same on every machine.
	Root string
}

// Result says what Generate found and did.
type Result struct {
	Changed []string // files below Out, slashes forward, sorted: written, removed, or with Check out of date
	// Removed are the packages of documents of an earlier run, or with Check those that would be
	// removed. Their files are among Changed.
	Removed []Removed
	Issues  []Issue
	// Explanations and Topics are of all documents, whose names are relative to the root; nil with
	// an error among the issues.
	Explanations []Explanation
	Topics       []Topic
}

// Generate writes the typed code of documents: one package each, and one that mounts them all.
//
// The documents are all that the folder is for: packages of other documents, of an earlier run,
// are removed. Endpoint files among the names are checked only. With an error among the issues
// nothing is written, and Generate's own error is nil; that one is for faults of the machine,
// such as a folder that cannot be written.
func Generate(ctx context.Context, o Options, files ...string) (Result, error) {
	target, err := o.target()
	if err != nil {
		return Result{}, err
	}
	names, display, err := target.relative(files)
	if err != nil {
		return Result{}, err
	}
	models, tree, issues := compile(rooted(target.root), names, target)
	result := Result{Issues: display(issues)}
	if Failed(issues) {
		return result, nil
	}
	result.Explanations, result.Topics = explainAll(models), topicsOfAll(models)
	rendered, err := render.Render(tree)
	if err != nil {
		return result, err
	}
	outcome, err := write.Write(ctx, target.out, rendered, o.Check)
	if err != nil {
		return result, err
	}
	result.Changed = outcome.Changed
	result.Removed, err = target.removed(outcome.Removed, models)
	return result, err
}

// compile reads documents and makes their models and their tree. It returns every problem of every
// stage that a document reaches; with an error among them models and tree are incomplete.
func compile(files document.Files, names []string, t target) ([]*model.Model, *ir.Tree, []Issue) {
	models, issues := load(files, names)
	tree, found := lower(t, models)
	return models, tree, inOrder(append(issues, sorted(found)...))
}

// lower makes the tree of all models, by the names of their packages.
func lower(t target, models []*model.Model) (*ir.Tree, []document.Issue) {
	tree := &ir.Tree{Name: t.pkg}
	var issues []document.Issue
	fields := map[string]*model.Model{}
	for _, m := range models {
		pkg, found := ir.Lower(m)
		issues = append(issues, found...)
		if pkg == nil {
			continue
		}
		if other := fields[pkg.GoName]; other != nil {
			issues = append(issues, document.Issue{Pos: m.Pos, Message: fmt.Sprintf(
				"apis %q and %q both have the Go name %s: choose another name with x-kafka-api", other.API, m.API, pkg.GoName)})
		}
		fields[pkg.GoName] = m
		pkg.Path = path.Join(t.module, pkg.Name)
		tree.Packages = append(tree.Packages, pkg)
	}
	slices.SortFunc(tree.Packages, func(a, b *ir.Package) int { return strings.Compare(a.Name, b.Name) })
	return tree, issues
}

// target is where the code goes.
type target struct {
	out    string // folder
	pkg    string // name of the package in it
	module string // its import path
	root   string // absolute folder that paths of documents are relative to
}

// target completes the options.
func (o Options) target() (target, error) {
	t := target{out: o.Out, module: o.Module, root: o.Root}
	if t.out == "" {
		t.out = "generated"
	}
	out, err := filepath.Abs(t.out)
	if err != nil {
		return t, fmt.Errorf("find the folder to write: %w", err)
	}
	if t.module == "" || t.root == "" {
		folder, module, err := moduleOf(out)
		if err != nil {
			return t, err
		}
		below, err := filepath.Rel(folder, out)
		if err != nil {
			return t, fmt.Errorf("find the import path of %q: %w", t.out, err)
		}
		if t.module == "" {
			t.module = path.Join(module, filepath.ToSlash(below))
		}
		if t.root == "" {
			t.root = folder
		}
	}
	if t.root, err = filepath.Abs(t.root); err != nil {
		return t, fmt.Errorf("find the folder of the documents: %w", err)
	}
	t.pkg = filepath.Base(out)
	if !goname.Legal(t.pkg) {
		t.pkg = "generated"
	}
	return t, nil
}

// moduleOf finds the module that a folder is in.
func moduleOf(folder string) (root, module string, err error) {
	for dir := folder; ; dir = filepath.Dir(dir) {
		content, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil {
			module := modfile.ModulePath(content)
			if module == "" {
				return "", "", fmt.Errorf("%q names no module", filepath.Join(dir, "go.mod"))
			}
			return dir, module, nil
		}
		if !errors.Is(err, os.ErrNotExist) {
			return "", "", fmt.Errorf("find the module of %q: %w", folder, err)
		}
		if filepath.Dir(dir) == dir {
			return "", "", fmt.Errorf("%q is in no Go module: write a go.mod (go mod init), or generate inside a module", folder)
		}
	}
}

// relative names files by their path from the root, which generated code repeats. The function
// turns the names in issues back into those that the caller used.
func (t target) relative(files []string) ([]string, func([]Issue) []Issue, error) {
	given := map[string]string{}
	var names []string
	for _, file := range files {
		absolute, err := filepath.Abs(file)
		if err != nil {
			return nil, nil, fmt.Errorf("find %q: %w", file, err)
		}
		name, err := filepath.Rel(t.root, absolute)
		if err != nil {
			name = absolute // on another drive
		}
		name = filepath.ToSlash(name)
		given[name] = filepath.ToSlash(file)
		names = append(names, name)
	}
	back := func(issues []Issue) []Issue {
		for i := range issues {
			issues[i].File = t.displayed(issues[i].File, given)
		}
		return issues
	}
	return names, back, nil
}

// displayed is the name of a file for the user: as given, else from the working directory.
func (t target) displayed(name string, given map[string]string) string {
	if file, ok := given[name]; ok {
		return file
	}
	working, err := os.Getwd()
	if err != nil {
		return name
	}
	relative, err := filepath.Rel(working, rooted(t.root).path(name))
	if err != nil {
		return name
	}
	return filepath.ToSlash(relative)
}

// rooted reads files by their path from a folder.
type rooted string

// ReadFile implements document.Files.
func (r rooted) ReadFile(name string) ([]byte, error) {
	return document.Disk{}.ReadFile(r.path(name))
}

// ReadDir lists a folder, for suggestions of file names.
func (r rooted) ReadDir(name string) ([]os.DirEntry, error) {
	return os.ReadDir(r.path(name))
}

func (r rooted) path(name string) string {
	if filepath.IsAbs(filepath.FromSlash(name)) {
		return filepath.FromSlash(name)
	}
	return filepath.Join(string(r), filepath.FromSlash(name))
}
