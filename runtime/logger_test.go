package runtime

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/runtime/internal/config"
)

func TestLogger(t *testing.T) {
	for _, test := range []struct{ level, format, want string }{
		{"info", "", `{"time":`}, {"info", "json", `{"time":`}, {"info", "text", "time="}, {"warn", "text", ""},
	} {
		out, err := os.Create(filepath.Join(t.TempDir(), "log"))
		if err != nil {
			t.Fatal(err)
		}
		log, err := newLogger(config.Log{Level: test.level, Format: test.format}, out)
		if err != nil {
			t.Fatal(err)
		}
		log.Info("hello")
		text, err := os.ReadFile(out.Name())
		if err != nil || !strings.HasPrefix(string(text), test.want) || (test.want == "") != (len(text) == 0) {
			t.Errorf("%s %s: got %q, %v", test.level, test.format, text, err)
		}
		if err := out.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := newLogger(config.Log{Level: "loud"}, os.Stderr); err == nil || !strings.HasPrefix(err.Error(), "log.level: ") {
		t.Errorf("got %v", err)
	}
}

// logsToNobody makes TestLogWithoutReader's process write its log.
const logsToNobody = "PENSTOCK_TEST_LOGS_TO_NOBODY"

// TestLogWithoutReader: a collector of logs that ends, and so closes the pipe that is the gateway's
// standard error, does not end the gateway.
func TestLogWithoutReader(t *testing.T) {
	if os.Getenv(logsToNobody) != "" {
		log, err := newLogger(config.Log{Level: "info"}, os.Stderr)
		if err != nil {
			t.Fatal(err)
		}
		log.Warn("nobody reads this")
		return
	}
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := read.Close(); err != nil {
		t.Fatal(err)
	}
	process := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestLogWithoutReader$")
	process.Env, process.Stderr = append(os.Environ(), logsToNobody+"=1"), write
	if out, err := process.Output(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	if err := write.Close(); err != nil {
		t.Error(err)
	}
}

func TestNewRefusesWhatTheSchemaCannotSee(t *testing.T) {
	cfg := config.Default()
	cfg.Listen.TrustedProxies = []string{"10.0.0.0/8", "nonsense", "1.2.3.4/99"}
	_, err := New(cfg)
	want := `listen.trustedProxies: trusted proxy "nonsense" is not an address or CIDR` + "\n" + `trusted proxy "1.2.3.4/99" is not an address or CIDR`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
