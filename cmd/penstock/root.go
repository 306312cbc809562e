package main

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/runtime"
)

// The exit codes.
const (
	exitFailed = 1
	exitUsage  = 2
)

// errReported is a failure whose reasons were printed already.
var errReported = errors.New("failed")

// usageError is a wrong call.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }

func (e usageError) Unwrap() error { return e.err }

// run executes one command line and returns the exit code.
func run(ctx context.Context, args []string, c *console) int {
	root := newRoot(c) //nolint:contextcheck // commands take the context from cobra
	root.SetArgs(args)
	command, err := root.ExecuteContextC(ctx)
	var usage usageError
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errReported):
		return exitFailed
	case errors.As(err, &usage):
		c.fail(err)
		fmt.Fprintf(c.stderr, "Run '%s --help' for usage.\n", command.CommandPath())
		return exitUsage
	}
	c.fail(err)
	return exitFailed
}

func newRoot(c *console) *cobra.Command {
	root := &cobra.Command{
		Use:   "penstock",
		Short: "Turn annotated AsyncAPI and OpenAPI documents into a gateway to Apache Kafka",
		Long: `Penstock compiles AsyncAPI and OpenAPI documents, annotated with Kafka endpoint
configuration, into a typed Go gateway: HTTP POST and GET, Server-Sent Events and
WebSocket on one side, Apache Kafka on the other.

Exit codes: 0 done, 1 the input has errors or something failed, 2 the call was wrong.`,
		Example: `  penstock init shop && cd shop && make run
  penstock validate specs/*.yaml
  penstock dev specs/orders.yaml`,
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noCommand,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetOut(c.stdout)
	root.SetErr(c.stderr)
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddCommand(
		newInit(c), newValidate(c), newGenerate(c), newBuild(c), newDev(c), newKafka(c), newExplain(c), newSchema(c),
	)
	root.InitDefaultCompletionCmd()
	refuseArguments(root, "completion")
	return root
}

// refuseArguments makes a word too many a wrong call of a command that cobra brings, and of those
// below it.
func refuseArguments(root *cobra.Command, name string) {
	for _, command := range root.Commands() {
		if command.Name() != name {
			continue
		}
		command.Args, command.RunE = noCommand, func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		for _, shell := range command.Commands() {
			shell.Args = atMost(0)
		}
	}
}

// noCommand refuses a word that is no command, with what was probably meant, where that is one.
func noCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	message := fmt.Sprintf("unknown command %q", args[0])
	cmd.SuggestionsMinimumDistance = 2
	if near := cmd.SuggestionsFor(args[0]); len(near) == 1 {
		message += fmt.Sprintf(": did you mean %q?", near[0])
	}
	return usageError{errors.New(message)}
}

// files takes one file or more.
func files(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return usageError{errors.New("name at least one file")}
	}
	return nil
}

// atMost takes up to n arguments.
func atMost(n int) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) > n {
			return usageError{fmt.Errorf("unexpected argument %q", args[n])}
		}
		return nil
	}
}

// documentFiles completes the names of documents.
func documentFiles(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return []string{"yaml", "yml", "json"}, cobra.ShellCompDirectiveFilterFileExt
}

// version is the linker's, else the module's; "dev" for a build from a checkout.
func version() string {
	if runtime.Version != "dev" {
		return runtime.Version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Sum == "" {
		return "dev"
	}
	return info.Main.Version
}
