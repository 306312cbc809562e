package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/cmd/penstock/internal/project"
	"github.com/penstock-dev/penstock/cmd/penstock/internal/shell"
	"github.com/penstock-dev/penstock/generator"
)

func newBuild(c *console) *cobra.Command {
	var binary string
	cmd := &cobra.Command{
		Use:   "build -o BIN FILE...",
		Short: "Build one static gateway binary from documents",
		Long: `Generates the code of the documents and builds a gateway that serves them: one static binary. Inside a
project (a module with cmd/gateway) it generates and builds that one, hooks included; elsewhere it
uses a temporary project. Go must be installed.`,
		Example: `  penstock build -o bin/gateway specs/*.yaml
  penstock build -o /tmp/gateway ~/documents/orders.yaml && /tmp/gateway --help`,
		Args:              files,
		ValidArgsFunction: documentFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			if binary == "" {
				return usageError{errors.New("name the binary with -o")}
			}
			return c.build(cmd.Context(), binary, args)
		},
	}
	cmd.Flags().StringVarP(&binary, "output", "o", "", "`file` to write the gateway to")
	return cmd
}

// workspace is the project around the current folder, or a temporary one.
func (c *console) workspace() (project.Workspace, error) {
	dir, err := os.Getwd()
	if err != nil {
		return project.Workspace{}, fmt.Errorf("find the project: %w", err)
	}
	w, ok, err := project.Open(dir)
	if err != nil || ok {
		return w, err
	}
	source, err := project.Locate()
	if err != nil {
		return project.Workspace{}, err
	}
	if source.Dir != "" {
		c.say("using the checkout in %s", source.Dir)
	}
	return project.Temporary(source, dir)
}

func (c *console) build(ctx context.Context, binary string, files []string) (err error) {
	w, err := c.workspace()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	options := generator.Options{Out: w.Out(), Module: w.Module, Root: w.Root}
	result, err := generator.Generate(ctx, options, files...)
	if err != nil {
		return err
	}
	c.issues(c.stderr, result.Issues)
	if generator.Failed(result.Issues) {
		c.say("nothing was built: %s", counts(result.Issues))
		return errReported
	}
	c.sayRemoved("removed", options.Out, "penstock build -o "+shell.Word(filepath.ToSlash(binary)), result.Removed, files)
	c.say("building %s", filepath.ToSlash(binary))
	if err := w.Build(ctx, binary); err != nil {
		return err
	}
	info, err := os.Stat(binary)
	if err != nil {
		return fmt.Errorf("look at the binary: %w", err)
	}
	fmt.Fprintf(c.stdout, "%s (%.1f MB)\n", filepath.ToSlash(binary), float64(info.Size())/1e6)
	return nil
}
