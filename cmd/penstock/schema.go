package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/cmd/penstock/internal/editors"
	"github.com/penstock-dev/penstock/schema"
	"github.com/penstock-dev/penstock/schema/spelling"
)

func newSchema(c *console) *cobra.Command {
	var install bool
	cmd := &cobra.Command{
		Use:   "schema [NAME]",
		Short: "Print a JSON Schema, or install them for editors",
		Long: `Prints one of the JSON Schemas (draft-07) that every check is made with, or lists their names. Each
stands alone: nothing is fetched.

With --install the schemas are written to .vscode/penstock in the current folder, and associated
with the documents in specs, *.endpoint.json, *.endpoint.yaml and gateway.yaml in
.vscode/settings.json; other settings stay. Other editors can use the same files.`,
		Example: `  penstock schema
  penstock schema endpoint > endpoint.schema.json
  penstock schema --install`,
		Args:              atMost(1),
		ValidArgsFunction: cobra.FixedCompletions(schema.Names(), cobra.ShellCompDirectiveNoFileComp),
		RunE: func(_ *cobra.Command, args []string) error {
			switch {
			case install && len(args) > 0:
				return usageError{errors.New("--install writes every schema: name none")}
			case install:
				return c.installSchemas()
			case len(args) == 0:
				fmt.Fprintln(c.stdout, strings.Join(schema.Names(), "\n"))
				return nil
			}
			return c.printSchema(args[0])
		},
	}
	cmd.Flags().BoolVar(&install, "install", false, "write the schemas and their associations for editors")
	return cmd
}

func (c *console) printSchema(name string) error {
	text, ok := schema.Text(name)
	if !ok {
		message := fmt.Sprintf("there is no schema %q", name)
		if meant, ok := spelling.Near(name, schema.Names()); ok {
			message += fmt.Sprintf(": did you mean %q?", meant)
		}
		return usageError{errors.New(message)}
	}
	_, err := c.stdout.Write(text)
	return err
}

func (c *console) installSchemas() error {
	written, err := editors.Install(".")
	for _, name := range written {
		fmt.Fprintln(c.stdout, name)
	}
	if err == nil && len(written) == 0 {
		c.say("everything is there already")
	}
	return err
}
