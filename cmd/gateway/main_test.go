package main

import (
	"errors"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/runtime"
)

func TestFlags(t *testing.T) {
	for _, test := range []struct {
		args           string
		stdout, stderr string // what they have to hold
		usage          bool
	}{
		{"--version", runtime.Version + "\n", "", false},
		{"--help", "PENSTOCK_LISTEN__ADDRESS", "", false},
		{"-h", "Usage: gateway [--config FILE]", "", false},
		{"--confg x", "", "flag provided but not defined: -confg\ngateway --help lists the flags and every setting\n", true},
		{"start", "", `unexpected argument "start"`, true},
	} {
		var stdout, stderr strings.Builder
		err := run(t.Context(), strings.Fields(test.args), &stdout, &stderr)
		if errors.Is(err, errUsage) != test.usage || err != nil && !test.usage {
			t.Errorf("%s: got %v", test.args, err)
		}
		if !strings.Contains(stdout.String(), test.stdout) || !strings.Contains(stderr.String(), test.stderr) ||
			test.stdout == "" && stdout.Len() > 0 || test.stderr == "" && stderr.Len() > 0 {
			t.Errorf("%s: stdout %q, stderr %q", test.args, stdout.String(), stderr.String())
		}
	}
}

func TestConfigurationThatCannotBeRead(t *testing.T) {
	err := run(t.Context(), []string{"--config", "absent.yaml"}, nil, nil)
	if err == nil || err.Error() != "read configuration: open absent.yaml: no such file or directory" {
		t.Errorf("got %v", err)
	}
}
