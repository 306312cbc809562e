// Command faults breaks things around real gateways and brokers, counts what became of every
// record, and prints it for each level: lost, doubled, out of order, receipted and not in Kafka, and
// so on. It exits with 1 when a promise of docs/qos.md was broken, and names the records.
//
// Everything random comes from the seed, which is printed; times are those of the machine, so that
// a seed gives the same faults and not the same interleaving.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"github.com/penstock-dev/penstock/test/faults/internal/ledger"
	"github.com/penstock-dev/penstock/test/faults/internal/rig"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := exit(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// exit gives the exit code: 1 for a broken promise or a run that failed, 2 for a wrong call.
func exit(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parse(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintln(stderr, err)
		return 2
	}
	kept, err := run(ctx, o, stdout, stderr)
	if err != nil {
		fmt.Fprintln(stderr, err)
	}
	if err != nil || !kept {
		return 1
	}
	return 0
}

// run runs the faults once, or again and again until the time is over. kept: no promise was broken.
func run(ctx context.Context, o *options, stdout, stderr io.Writer) (kept bool, err error) {
	dir, err := os.MkdirTemp("", "penstock-faults-")
	if err != nil {
		return false, err
	}
	kept = true
	defer func() {
		if kept && err == nil && !o.keep {
			err = os.RemoveAll(dir)
			return
		}
		fmt.Fprintf(stderr, "logs: %s\n", dir)
	}()
	fmt.Fprintf(stdout, "seed %d, kafka %s\n", o.seed, o.kafka)
	root, err := rig.Build(ctx, dir, stderr)
	if err != nil {
		return kept, err
	}
	broker, err := rig.StartBroker(ctx, o.kafka == "real", root, dir)
	if err != nil {
		return kept, err
	}
	defer func() { err = errors.Join(err, broker.Close()) }()
	s := &series{options: o, dir: dir, broker: broker, stdout: stdout}
	if err := s.run(ctx); err != nil {
		return kept, err
	}
	kept = s.broken == 0
	return kept, s.summary()
}

// series is all the runs of one call.
type series struct {
	*options
	dir      string
	broker   *rig.Broker
	stdout   io.Writer
	verdicts []*ledger.Verdict
	broken   int
}

func (s *series) run(ctx context.Context) error {
	begin := time.Now()
	for round := uint64(0); ; round++ {
		for i, f := range s.faults {
			if round > 0 && time.Since(begin) > s.length {
				return nil
			}
			st := &stage{series: s, fault: f, seed: s.seed + round*1000 + uint64(i), log: ledger.New()}
			if err := st.run(ctx); err != nil {
				return fmt.Errorf("%s, seed %d: %w", f.name, st.seed, err)
			}
		}
		if time.Since(begin) > s.length {
			return nil
		}
	}
}

// How many records are named in each run: of broken promises, and with -v of each reader's others.
const (
	mostNamed   = 20
	mostAllowed = 3
)

// judge takes the verdicts of a stage.
func (s *series) judge(st *stage, verdicts []*ledger.Verdict, took time.Duration) {
	s.verdicts = append(s.verdicts, verdicts...)
	var broken, allowed []string
	for _, v := range verdicts {
		who := fmt.Sprintf("  %s %s %s: ", v.Via.Level, v.Via.Entrypoint, v.Reader)
		broken = append(broken, prefixed(who, v.Broken())...)
		allowed = append(allowed, few(prefixed(who, v.Allowed()), mostAllowed)...)
	}
	s.broken += len(broken)
	result := "kept"
	if len(broken) > 0 {
		result = fmt.Sprintf("BROKEN %d times", len(broken))
	}
	fmt.Fprintf(s.stdout, "%-15s %s (seed %d, topic %s, %.0f s)\n", st.fault.name, result, st.seed, st.topic, took.Seconds())
	lines := few(broken, mostNamed)
	if s.verbose || len(broken) > 0 {
		lines = append(lines, prefixed("  note: ", st.log.Notes())...)
	}
	if s.verbose {
		lines = append(lines, prefixed("  allowed:", allowed)...)
	}
	for _, line := range lines {
		fmt.Fprintln(s.stdout, line)
	}
}

func prefixed(prefix string, lines []string) []string {
	var out []string
	for _, line := range lines {
		out = append(out, prefix+line)
	}
	return out
}

// few gives the first lines, and how many more there are.
func few(lines []string, most int) []string {
	if len(lines) <= most {
		return lines
	}
	return append(slices.Clone(lines[:most]), fmt.Sprintf("  and %d more", len(lines)-most))
}

func (s *series) summary() error {
	fmt.Fprintln(s.stdout)
	if err := ledger.Table(s.stdout, ledger.Total(s.verdicts)); err != nil {
		return err
	}
	_, err := fmt.Fprintln(s.stdout, "\n3! breaks a promise; (3): nothing is promised")
	return err
}
