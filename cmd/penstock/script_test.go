package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"penstock": func() { os.Exit(Main()) }})
}

// goSettings are what a script needs of this machine's Go: its caches, and the proxy from which
// a module comes that is in no cache yet.
var goSettings = []string{"GOCACHE", "GOMODCACHE", "GOPROXY", "GOSUMDB", "GONOSUMDB", "GOPRIVATE"}

// TestScripts runs testdata/script: what a user types, and what comes back.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			for _, name := range goSettings {
				out, err := exec.Command("go", "env", name).Output()
				if err != nil {
					return err
				}
				env.Setenv(name, strings.TrimSpace(string(out)))
			}
			env.Setenv("ONLY_PENSTOCK", filepath.SplitList(env.Getenv("PATH"))[0])
			for _, name := range []string{"HTTPS_PROXY", "https_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR"} {
				env.Setenv(name, os.Getenv(name))
			}
			env.Setenv("GOFLAGS", "-buildvcs=false")
			env.Setenv("GOTOOLCHAIN", "local")
			return nil
		},
	})
}
