package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/cmd/penstock/internal/shell"
	"github.com/penstock-dev/penstock/generator"
)

func newGenerate(c *console) *cobra.Command {
	var form format
	var options generator.Options
	cmd := &cobra.Command{
		Use:   "generate FILE...",
		Short: "Write the typed Go code of documents",
		Long: `Writes one Go package for each document, and one that registers them all. The folder belongs to the
generator: packages of documents that are not named are removed, which is said. Nothing is written
when a document has an error.

With --check nothing is written, the files that would change are printed, and the exit code is 1
when there is one: for continuous integration.`,
		Example: `  penstock generate specs/*.yaml
  penstock generate --out internal/generated specs/orders.yaml
  penstock generate --check specs/*.yaml`,
		Args:              files,
		ValidArgsFunction: documentFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.generate(cmd.Context(), form, options, args)
		},
	}
	cmd.Flags().StringVar(&options.Out, "out", "generated", "`folder` to write to")
	cmd.Flags().BoolVar(&options.Check, "check", false, "write nothing; exit 1 when something would change")
	addFormat(cmd, &form)
	return cmd
}

// generation is the result of generate as JSON.
type generation struct {
	Changed []string            `json:"changed"`
	Removed []generator.Removed `json:"removed"`
	Issues  []generator.Issue   `json:"issues"`
}

func (c *console) generate(ctx context.Context, form format, options generator.Options, files []string) error {
	result, err := generator.Generate(ctx, options, files...)
	if err != nil {
		return err
	}
	if form == asJSON {
		out := generation{
			append([]string{}, result.Changed...), append([]generator.Removed{}, result.Removed...), append([]generator.Issue{}, result.Issues...),
		}
		if err := c.writeJSON(out); err != nil {
			return err
		}
	} else {
		c.issues(c.stderr, result.Issues)
		for _, name := range result.Changed {
			fmt.Fprintln(c.stdout, filepath.ToSlash(filepath.Join(options.Out, name)))
		}
		c.sayRemoved(map[bool]string{true: "would remove", false: "removed"}[options.Check], options.Out, command(options), result.Removed, files)
		c.sayGenerated(options, result)
	}
	if generator.Failed(result.Issues) || options.Check && len(result.Changed) > 0 {
		return errReported
	}
	return nil
}

// command is how to generate to the same folder.
func command(options generator.Options) string {
	if filepath.Clean(options.Out) == "generated" {
		return "penstock generate"
	}
	return "penstock generate --out " + shell.Word(filepath.ToSlash(options.Out))
}

func (c *console) sayGenerated(options generator.Options, result generator.Result) {
	switch {
	case generator.Failed(result.Issues):
		c.say("nothing was written: %s", counts(result.Issues))
	case options.Check && len(result.Changed) > 0:
		c.say("%s is out of date: run penstock generate", options.Out)
	case len(result.Changed) == 0:
		c.say("%s is up to date", options.Out)
	default:
		c.say("%s changed in %s", plural(len(result.Changed), "file"), options.Out)
	}
}
