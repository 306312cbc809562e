package main

import (
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/penstock-dev/penstock/bench/internal/report"
)

// options are what the command line says.
type options struct {
	scenarios []scenario
	rounds    int
	slice     time.Duration
	warm      time.Duration
	kafka     string // "embedded" or "real"
	bootstrap string // an address given by hand; kafka is then unused
	brokerPID int
	print     printer
	gate      bool
	profiles  string // folder for CPU profiles; "": none
}

const help = `Usage: go run ./bench [flags]    (make bench ARGS="flags")

Compares the gateway with a bare one. Scenarios: %s

`

func parse(args []string, stderr io.Writer) (*options, error) {
	o := &options{}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintf(stderr, help, strings.Join(scenarioNames(), ", "))
		flags.PrintDefaults()
	}
	names := flags.String("scenarios", "", "`names` to measure, separated by commas; post means every post-…  (default all)")
	flags.IntVar(&o.rounds, "rounds", 30, "rounds: slices of each contestant")
	flags.DurationVar(&o.slice, "slice", 300*time.Millisecond, "length of a slice")
	flags.DurationVar(&o.warm, "warm", 2*time.Second, "load before the first slice, for each contestant; with a real broker 7s, it is slow when cold")
	flags.StringVar(&o.kafka, "kafka", "embedded", "broker: embedded, or real for one that scripts/kafka.sh fetches and starts")
	flags.StringVar(&o.bootstrap, "bootstrap", "", "`address` of a running broker instead; topics bench.* are made and removed again")
	flags.IntVar(&o.brokerPID, "broker-pid", 0, "`process` of that broker, when it runs on this machine")
	format := flags.String("format", "text", "text or json, a line for each scenario")
	quick := flags.Bool("quick", false, "3 rounds and little warm-up: to see that it works, not for figures")
	flags.BoolVar(&o.gate, "gate", false, "exit 1 when a run is void or misses an aim")
	flags.StringVar(&o.profiles, "profiles", "", "`folder` for a CPU profile of the gateway for each scenario; taking it costs the gateway some CPU")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	if flags.NArg() > 0 {
		return nil, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	set := map[string]bool{}
	flags.Visit(func(f *flag.Flag) { set[f.Name] = true })
	o.adjust(*quick, set)
	var err error
	if o.scenarios, err = selectScenarios(*names); err != nil {
		return nil, err
	}
	o.print = map[string]printer{"text": report.Text, "json": report.JSON}[*format]
	switch {
	case o.print == nil:
		return nil, fmt.Errorf("unknown format %q: text or json", *format)
	case o.kafka != "embedded" && o.kafka != "real":
		return nil, fmt.Errorf("unknown kafka %q: embedded or real", o.kafka)
	case o.rounds < 1 || o.slice < 10*time.Millisecond || o.warm < 0:
		return nil, fmt.Errorf("at least one round, slices of 10ms and no negative warm-up are needed")
	}
	return o, nil
}

// adjust changes defaults that depend on other flags, but nothing that was set.
func (o *options) adjust(quick bool, set map[string]bool) {
	if o.kafka == "real" && !set["warm"] {
		o.warm = 7 * time.Second
	}
	if !quick {
		return
	}
	if !set["rounds"] {
		o.rounds = 3
	}
	if !set["slice"] {
		o.slice = 200 * time.Millisecond
	}
	if !set["warm"] {
		o.warm = 200 * time.Millisecond
	}
}
