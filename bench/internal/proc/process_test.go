package proc

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/test/ports"
)

func TestProcessThatEndsShowsItsLog(t *testing.T) {
	p, err := Start(t.TempDir(), "shell", "/bin/sh", []string{"-c", "echo $WORD; exit 3"}, []string{"WORD=hello"})
	if err != nil {
		t.Fatal(err)
	}
	address := freeAddress(t)
	err = p.Listening(context.Background(), address)
	if err == nil || err.Error() != "shell: the process ended; its log ends with:\nhello\n" {
		t.Errorf("error %v", err)
	}
	p.Stop()
}

func TestProcessThatDoesNotListen(t *testing.T) {
	p, err := Start(t.TempDir(), "sleeper", "/bin/sleep", []string{"60"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if err := p.Listening(ctx, freeAddress(t)); err == nil || !strings.HasPrefix(err.Error(), "sleeper: context deadline exceeded") {
		t.Errorf("error %v", err)
	}
	p.Stop()
	if _, err := CPU(p.PID()); err == nil {
		t.Error("the process is still there")
	}
}

// freeAddress is an address where nothing listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	address, err := ports.FreeAddress()
	if err != nil {
		t.Fatal(err)
	}
	return address
}
