//go:build unix

package secrets

import (
	"path/filepath"
	"syscall"
	"testing"
)

// TestPipe: a pipe without a writer would be waited for.
func TestPipe(t *testing.T) {
	dir := folder(t)
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := New(dir).Get("/file/pipe"); err == nil || err.Error() != `the secret "pipe" is no file` {
		t.Errorf("got %v", err)
	}
}
