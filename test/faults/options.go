package main

import (
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// options are what the command line says.
type options struct {
	length  time.Duration // 0: every fault once
	load    time.Duration // how long each fault meets traffic
	kafka   string        // "embedded" or "real"
	seed    uint64
	faults  []fault
	verbose bool
	keep    bool // the logs
}

const help = `Usage: go run ./test/faults [flags]

Breaks things around gateways and counts what became of every record. Faults: %s

`

func parse(args []string, stderr io.Writer) (*options, error) {
	o := &options{}
	flags := flag.NewFlagSet("faults", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintf(stderr, help, strings.Join(names(allFaults), ", "))
		flags.PrintDefaults()
	}
	minutes := flags.Float64("minutes", 0, "go on with new seeds until so many minutes are over; 0 runs every fault once")
	flags.DurationVar(&o.load, "load", 6*time.Second, "how long each fault meets traffic")
	flags.StringVar(&o.kafka, "kafka", "embedded", "broker: embedded, or real for an Apache Kafka that scripts/kafka.sh fetches and starts")
	flags.Uint64Var(&o.seed, "seed", 0, "`number` that faults come from; 0 takes any")
	list := flags.String("faults", "", "`names` of faults, separated by commas (default all that the broker can have)")
	flags.BoolVar(&o.verbose, "v", false, "print what clients noted and what is allowed to go wrong, also when all is well")
	flags.BoolVar(&o.keep, "keep", false, "keep the logs of gateways, also when all is well")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	o.length = time.Duration(*minutes * float64(time.Minute))
	if o.seed == 0 {
		o.seed = rand.Uint64N(1e9)
	}
	switch {
	case flags.NArg() > 0:
		return nil, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case o.kafka != "embedded" && o.kafka != "real":
		return nil, fmt.Errorf("unknown kafka %q: embedded or real", o.kafka)
	case *minutes < 0 || o.load < time.Second:
		return nil, fmt.Errorf("no negative time, and a load of at least 1s, are needed")
	}
	var err error
	o.faults, err = selectFaults(*list, o.kafka == "real")
	return o, err
}

func names(faults []fault) []string {
	var out []string
	for _, f := range faults {
		out = append(out, f.name)
	}
	return out
}

// selectFaults gives the faults of a list, or all that there are for the broker.
func selectFaults(list string, isReal bool) ([]fault, error) {
	if list == "" {
		needsReal := func(f fault) bool { return f.clock && !isReal }
		return slices.DeleteFunc(slices.Clone(allFaults), needsReal), nil
	}
	var out []fault
	for name := range strings.SplitSeq(list, ",") {
		i := slices.IndexFunc(allFaults, func(f fault) bool { return f.name == name })
		switch {
		case i < 0:
			return nil, fmt.Errorf("unknown fault %q: %s", name, strings.Join(names(allFaults), ", "))
		case allFaults[i].clock && !isReal:
			return nil, fmt.Errorf("fault %q needs -kafka real", name)
		}
		out = append(out, allFaults[i])
	}
	return out, nil
}
