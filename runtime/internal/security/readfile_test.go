//go:build unix

package security

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// TestNoEndlessFile: a location that is a pipe or a device, or a file of any size, neither stops
// the gateway nor fills its memory.
func TestNoEndlessFile(t *testing.T) {
	dir := t.TempDir()
	pipe, large := filepath.Join(dir, "pipe"), filepath.Join(dir, "large")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(large, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(large, maxFile+1); err != nil {
		t.Fatal(err)
	}
	for location, want := range map[string]string{
		"/dev/zero": `"/dev/zero" is no file`,
		pipe:        `"` + pipe + `" is no file`,
		dir:         `"` + dir + `" is no file`,
		large:       `"` + large + `" is larger than 16777216 bytes`,
	} {
		_, err := TrustStore{Type: "PEM", Location: location}.pool()
		same(t, "trust store", err, want)
		_, err = KeyStore{Location: location, Password: core.NewSecret("changeit")}.certificates()
		same(t, "key store", err, want)
		same(t, "keytab", new(identity).loadKeys(location), "keyTab: "+want)
		same(t, "ticket cache", new(identity).loadCache(location, false), "ticketCache: "+want)
	}
}
