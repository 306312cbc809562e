package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"
	gomodule "golang.org/x/mod/module"

	"github.com/penstock-dev/penstock/cmd/penstock/internal/editors"
	"github.com/penstock-dev/penstock/cmd/penstock/internal/project"
	"github.com/penstock-dev/penstock/cmd/penstock/internal/shell"
	"github.com/penstock-dev/penstock/generator"
)

func newInit(c *console) *cobra.Command {
	var module string
	cmd := &cobra.Command{
		Use:   "init [DIR]",
		Short: "Make a new project that runs as it is",
		Long: `Makes a new project: a document, a hook to edit, a Makefile, editor settings. The folder must be
empty. The project requires this module at the version of this program; a program that was built
from a checkout adds a replace to that checkout, or to the one that PENSTOCK_MODULE names.`,
		Example: `  penstock init shop && cd shop && make run
  penstock init --module git.example.com/team/shop shop`,
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := "."
			if len(args) > 0 {
				dir = args[0]
			}
			if module != "" {
				if err := gomodule.CheckImportPath(module); err != nil {
					return usageError{fmt.Errorf(`invalid argument %q for "--module" flag: %w`, module, err)}
				}
			}
			return c.initialise(cmd.Context(), dir, module)
		},
	}
	cmd.Flags().StringVar(&module, "module", "", "module `path` of the project (default example.com/<folder>)")
	return cmd
}

func (c *console) initialise(ctx context.Context, dir, module string) error {
	source, err := project.Locate()
	if err != nil {
		return err
	}
	if err := project.Create(dir, module, source); err != nil {
		return err
	}
	document := filepath.Join(dir, "specs", "orders.yaml")
	result, err := generator.Generate(ctx, generator.Options{Out: filepath.Join(dir, "generated")}, document)
	if err != nil {
		return err
	}
	if generator.Failed(result.Issues) {
		c.issues(c.stderr, result.Issues)
		return errReported
	}
	if _, err := editors.Install(dir); err != nil {
		return err
	}
	if source.Dir != "" {
		c.say("go.mod replaces the module by the checkout in %s", source.Dir)
	}
	fmt.Fprintf(c.stdout, "%s is ready. Next:\n", filepath.ToSlash(dir))
	if dir != "." {
		fmt.Fprintf(c.stdout, "  cd %s\n", shell.Word(filepath.ToSlash(dir)))
	}
	fmt.Fprint(c.stdout, "  make run\n")
	return nil
}
