package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/generator"
)

func newExplain(c *console) *cobra.Command {
	var form format
	cmd := &cobra.Command{
		Use:   "explain FILE...",
		Short: "Show the effective configuration of every operation, and where it came from",
		Long: `Prints for each operation its routes and every effective value of its endpoint and entrypoints with
the file:line:col that gave it, or "default". Secrets are REDACTED. The gateway's own
configuration file and environment are stronger than what is shown here.`,
		Example: `  penstock explain specs/orders.yaml
  penstock explain --format json specs/*.yaml`,
		Args:              files,
		ValidArgsFunction: documentFiles,
		RunE: func(_ *cobra.Command, args []string) error {
			return c.explain(form, args)
		},
	}
	addFormat(cmd, &form)
	return cmd
}

func (c *console) explain(form format, files []string) error {
	explanations, issues := generator.Explain(files...)
	c.issues(c.stderr, issues)
	if form == asJSON {
		if err := c.writeJSON(append([]generator.Explanation{}, explanations...)); err != nil {
			return err
		}
	} else {
		for i, explanation := range explanations {
			if i > 0 {
				fmt.Fprintln(c.stdout)
			}
			if err := explanation.WriteText(c.stdout); err != nil {
				return err
			}
		}
	}
	if generator.Failed(issues) {
		return errReported
	}
	return nil
}
