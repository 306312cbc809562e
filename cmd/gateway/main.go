// Command gateway serves the documents that its generated packages were made from. It does not
// change when a document is added; hooks are given to generated.Register.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/penstock-dev/penstock/generated"
	"github.com/penstock-dev/penstock/runtime"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	switch {
	case errors.Is(err, errUsage):
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// errUsage says that the command line was wrong, which has been said already.
var errUsage = errors.New("wrong usage")

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("gateway", flag.ContinueOnError)
	flags.SetOutput(stderr)
	file := flags.String("config", "", "configuration `file` (YAML); PENSTOCK_* variables are stronger")
	version := flags.Bool("version", false, "print the version and exit")
	flags.Usage = func() {}
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		flags.SetOutput(stdout)
		return help(flags, stdout)
	case err != nil:
		fmt.Fprintln(stderr, "gateway --help lists the flags and every setting")
		return errUsage
	case flags.NArg() > 0:
		fmt.Fprintf(stderr, "unexpected argument %q\n", flags.Arg(0))
		return errUsage
	case *version:
		fmt.Fprintln(stdout, runtime.Version)
		return nil
	}
	return serve(ctx, *file)
}

func help(flags *flag.FlagSet, w io.Writer) error {
	fmt.Fprint(w, "Usage: gateway [--config FILE]\n\nServes web clients from Apache Kafka.\n\n")
	flags.PrintDefaults()
	fmt.Fprint(w, "\nSettings, in the file and as variables (document < file < environment):\n\n")
	return runtime.WriteSettings(w)
}

// serve is all that a gateway is: configuration, generated code, hooks.
func serve(ctx context.Context, file string) error {
	cfg, err := runtime.LoadConfig(file, os.Environ())
	if err != nil {
		return err
	}
	gw, err := runtime.New(cfg) //nolint:contextcheck // what it makes lives as long as the gateway, Run ends it
	if err != nil {
		return err
	}
	if err := generated.Register(gw, generated.Hooks{}); err != nil {
		return err
	}
	return gw.Run(ctx)
}
