// Command bench compares the gateway with a bare one (bench/baseline) that does the same by hand.
//
// Gateway, bare gateway, a second copy of it and the broker are processes of their own; this
// process is the loader. All contestants run at once and take slices of time in random order, so
// that what happens on the machine meets all alike: figures are totals over the slices, ratios are
// what counts. The copy shows the noise: a run in which it differs from the base, or in which
// other programs use the machine, says that it is void.
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

	"github.com/penstock-dev/penstock/bench/internal/report"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(exit(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// exit gives the exit code: 1 for a run that failed, or with --gate was void or missed an aim; 2
// for a wrong call.
func exit(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parse(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintln(stderr, err)
		return 2
	}
	good, err := run(ctx, o, stdout, stderr)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	if o.gate && !good {
		return 1
	}
	return 0
}

// run measures every scenario; good: none was void or missed an aim.
func run(ctx context.Context, o *options, stdout, stderr io.Writer) (good bool, err error) {
	r, err := newRig(ctx, o, stderr)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	good = true
	for _, s := range o.scenarios {
		fmt.Fprintf(stderr, "%s …\n", s.name)
		result, err := r.measure(ctx, s)
		if err != nil {
			return false, fmt.Errorf("%s: %w", s.name, err)
		}
		if err := o.print(stdout, result); err != nil {
			return false, err
		}
		good = good && result.Void() == nil && result.Missed() == nil
	}
	return good, nil
}

// printer writes one result.
type printer func(io.Writer, *report.Result) error
