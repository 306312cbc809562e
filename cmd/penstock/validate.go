package main

import (
	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/generator"
)

func newValidate(c *console) *cobra.Command {
	var form format
	cmd := &cobra.Command{
		Use:   "validate FILE...",
		Short: "Check documents and endpoint files",
		Long: `Checks annotated documents and endpoint files (*.endpoint.json) and prints every problem at once,
one a line: file:line:col: [warning: ]message (pointer). Documents named together are checked
against each other too, as one gateway serves them together. Trust stores and key stores that are
on this machine are opened. Nothing is fetched or written.

Exit code 1 when there is an error; warnings alone leave it 0.`,
		Example: `  penstock validate specs/*.yaml specs/*.endpoint.json
  penstock validate --format json specs/orders.yaml`,
		Args:              files,
		ValidArgsFunction: documentFiles,
		RunE: func(_ *cobra.Command, args []string) error {
			return c.validate(form, args)
		},
	}
	addFormat(cmd, &form)
	return cmd
}

func (c *console) validate(form format, files []string) error {
	issues := withStores(generator.Validate(files...), files)
	if form == asJSON {
		if issues == nil {
			issues = []generator.Issue{}
		}
		if err := c.writeJSON(issues); err != nil {
			return err
		}
	} else {
		c.issues(c.stdout, issues)
		summary := counts(issues)
		if summary == "" {
			summary = paint(c.colourErr, green, "no problems")
		}
		c.say("%s: %s", plural(len(files), "file"), summary)
	}
	if generator.Failed(issues) {
		return errReported
	}
	return nil
}
