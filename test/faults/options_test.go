package main

import (
	"io"
	"strings"
	"testing"
	"time"
)

func TestOptions(t *testing.T) {
	o, err := parse([]string{"-minutes", "1.5", "-kafka", "real", "-seed", "7", "-faults", "kill,cut"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(names(o.faults), " "); got != "kill cut" || o.length != 90*time.Second || o.kafka != "real" || o.seed != 7 {
		t.Errorf("%+v", o)
	}
}

func TestAnySeedIsChosen(t *testing.T) {
	o, err := parse(nil, io.Discard)
	if err != nil || o.seed == 0 {
		t.Errorf("%+v, %v", o, err)
	}
}

func TestAllFaultsOfABroker(t *testing.T) {
	all := strings.Join(names(allFaults), " ")
	for kafka, want := range map[string]string{"real": all, "embedded": strings.TrimSuffix(all, " clock")} {
		o, err := parse([]string{"-kafka", kafka}, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(names(o.faults), " "); got != want {
			t.Errorf("%s: %s", kafka, got)
		}
	}
}

func TestWrongOptions(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"more", `unexpected argument "more"`},
		{"-kafka none", `unknown kafka "none": embedded or real`},
		{"-load 1ms", "no negative time, and a load of at least 1s, are needed"},
		{"-minutes -1", "no negative time, and a load of at least 1s, are needed"},
		{"-faults flood", `unknown fault "flood": cut, slow-reader, drain, kill, storm, kill-848, storm-848, broker-cut, broker-stall, broker-kill, clock`},
		{"-faults kill,clock", `fault "clock" needs -kafka real`},
	} {
		if _, err := parse(strings.Fields(c.args), io.Discard); err == nil || err.Error() != c.want {
			t.Errorf("%s: error %v", c.args, err)
		}
	}
}
