package main

import (
	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/cmd/penstock/internal/dev"
	"github.com/penstock-dev/penstock/generator"
)

func newDev(c *console) *cobra.Command {
	options := dev.Options{}
	var topics topicList
	cmd := &cobra.Command{
		Use:   "dev FILE...",
		Short: "Run documents with an embedded Kafka, and rebuild when a file changes",
		Long: `Starts an embedded Kafka with the topics that the documents name, generates and builds the gateway,
runs it, and does so again when a document or Go file changes. A mistake is shown and the last good
gateway goes on. Inside a project (a module with cmd/gateway) hooks are part of it.

The gateway takes its settings from --config and PENSTOCK_* variables as ever; brokers and
addresses are set by this command. Go must be installed.`,
		Example: `  penstock dev specs/*.yaml
  penstock dev --listen 127.0.0.1:8000 --topic audit:1 orders.yaml
  penstock dev --watch=false specs/orders.yaml`,
		Args:              files,
		ValidArgsFunction: documentFiles,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			options.Files, options.Topics, options.Output = args, topics, c.stderr
			options.Fixed = map[string]bool{}
			for _, name := range []string{"listen", "admin-listen", "kafka-listen"} {
				options.Fixed[name] = cmd.Flags().Changed(name)
			}
			w, err := c.workspace()
			if err != nil {
				return err
			}
			options.Workspace = w
			return dev.Run(cmd.Context(), options, devConsole{c})
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&options.Listen, "listen", "127.0.0.1:8080", "`address` for web clients")
	flags.StringVar(&options.Admin, "admin-listen", "127.0.0.1:9090", "`address` for health and metrics")
	flags.StringVar(&options.Kafka, "kafka-listen", "127.0.0.1:9092", "`address` of the embedded Kafka")
	flags.StringVar(&options.DataDir, "data-dir", "", "`folder` that keeps the records of the embedded Kafka")
	flags.StringVar(&options.Config, "config", "", "configuration `file` of the gateway")
	flags.Var(&topics, "topic", "another topic to create, `NAME:PARTITIONS`; may be given several times")
	flags.BoolVar(&options.Watch, "watch", true, "rebuild when a file changes")
	_ = cmd.MarkFlagDirname("data-dir")
	_ = cmd.MarkFlagFilename("config", "yaml", "yml")
	return cmd
}

// devConsole is the console as package dev uses it.
type devConsole struct{ *console }

// Say writes a line of progress.
func (d devConsole) Say(format string, args ...any) { d.say(format, args...) }

// Issues writes the problems of documents.
func (d devConsole) Issues(issues []generator.Issue) {
	d.issues(d.stderr, issues)
	if generator.Failed(issues) {
		d.say("%s", paint(d.colourErr, red, counts(issues)))
	}
}

// Removed tells which packages of earlier runs are gone.
func (d devConsole) Removed(out string, removed []generator.Removed, files []string) {
	d.sayRemoved("removed", out, "penstock dev", removed, files)
}

// Fail writes an error.
func (d devConsole) Fail(err error) { d.fail(err) }

// Good paints a text that says that all is well.
func (d devConsole) Good(text string) string { return paint(d.colourErr, green, text) }
