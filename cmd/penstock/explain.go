package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/generator"
)

func newExplain(c *console) *cobra.Command {
	var form format
	var asked sample
	cmd := &cobra.Command{
		Use:   "explain FILE...",
		Short: "Show the effective configuration of every operation, and where it came from",
		Long: `Prints for each operation its routes and every effective value of its endpoint and entrypoints with
the file:line:col that gave it, or "default". Secrets are REDACTED. The gateway's own
configuration file and environment are stronger than what is shown here.

With --request it prints the configuration that such a request would get, with the attributes that
gave values, and what is said of the messages that it publishes; where it is refused, the answer
that the client would see, with exit code 1. What needs #message is shown as it is written. The
gateway's configuration (--config, PENSTOCK_*) counts then. Nothing is connected to: whether topics
exist, credentials are right and scopes suffice is not checked.`,
		Example: `  penstock explain specs/orders.yaml
  penstock explain --request 'GET /orders X-Region: eu' specs/orders.yaml
  penstock explain --request 'POST /orders' --body '{"id":1}' --claims '{"sub":"ann"}' specs/*.yaml
  penstock explain --format json specs/*.yaml`,
		Args:              files,
		ValidArgsFunction: documentFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case cmd.Flags().Changed("request"):
				return c.explainRequest(cmd.Context(), form, asked, args)
			case asked.given():
				return usageError{errors.New("--header, --body, --claims and --config need --request")}
			}
			return c.explain(form, args)
		},
	}
	addFormat(cmd, &form)
	cmd.Flags().StringVar(&asked.request, "request", "", "explain this `REQUEST`: method, path with query, headers one a line")
	cmd.Flags().StringArrayVar(&asked.headers, "header", nil, "`HEADER` of the request, 'Name: value'; may be given several times")
	cmd.Flags().StringVar(&asked.body, "body", "", "`TEXT` of its body")
	cmd.Flags().StringVar(&asked.claims, "claims", "", "what its token says, a JSON `OBJECT`; without it the caller is anonymous")
	cmd.Flags().StringVar(&asked.config, "config", "", "the gateway's configuration `file`")
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
