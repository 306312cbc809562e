package security

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/test/lines"
)

func logTo(l *lines.Lines) *slog.Logger { return slog.New(slog.NewTextHandler(l, nil)) }

// replace puts another file in the place of one, as secrets are rotated.
func replace(t *testing.T, path, content string) {
	t.Helper()
	next := path + ".next"
	if err := os.WriteFile(next, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(next, path); err != nil {
		t.Fatal(err)
	}
}

func TestWatch(t *testing.T) {
	path := file(t, "one")
	loads := 0
	w, err := watch("the file", []string{path}, func() (string, error) {
		loads++
		data, err := os.ReadFile(path)
		if string(data) == "bad" {
			err = errors.New("the content is bad")
		}
		return string(data), err
	})
	if err != nil {
		t.Fatal(err)
	}
	w.every = 0
	w.next = time.Time{}
	var log lines.Lines
	expect := func(want string, loaded int) {
		t.Helper()
		if got := w.get(logTo(&log)); got != want || loads != loaded {
			t.Fatalf("got %q after %d loads, want %q after %d", got, loads, want, loaded)
		}
	}
	expect("one", 1)
	expect("one", 1)
	replace(t, path, "two")
	expect("two", 2)
	expect("two", 2)
	replace(t, path, "bad")
	expect("two", 3)
	expect("two", 4)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	expect("two", 4)
	replace(t, path, "two")
	expect("two", 5)
	for text, times := range map[string]int{
		"changed files are in use for new connections":                  2,
		"changed files are not read: what was read before stays in use": 2,
		"the content is bad": 1, "no such file": 1, `what="the file"`: 4,
	} {
		if got := strings.Count(log.String(), text); got != times {
			t.Errorf("%q stands %d times in the log, want %d:\n%s", text, got, times, log.String())
		}
	}
}

// TestWatchLooksOnceASecond: many connections do not make many looks.
func TestWatchLooksOnceASecond(t *testing.T) {
	path := file(t, "one")
	w, err := watch("the file", []string{path}, func() (string, error) {
		data, err := os.ReadFile(path)
		return string(data), err
	})
	if err != nil {
		t.Fatal(err)
	}
	w.next = time.Now().Add(time.Hour)
	replace(t, path, "two")
	if got := w.get(slog.New(slog.DiscardHandler)); got != "one" {
		t.Errorf("got %q before it is time", got)
	}
	w.next = time.Now()
	if got := w.get(slog.New(slog.DiscardHandler)); got != "two" {
		t.Errorf("got %q when it is time", got)
	}
	if left := time.Until(w.next); left > lookEvery || w.every != time.Second {
		t.Errorf("the next look is in %s", left)
	}
}

func TestWatchRefusesAtTheStart(t *testing.T) {
	absent := filepath.Join(t.TempDir(), "absent")
	_, err := watch("the file", []string{absent}, func() (int, error) { return 1, nil })
	same(t, "absent", err, "stat "+absent+": no such file or directory")
	_, err = watch("the file", nil, func() (int, error) { return 0, errors.New("bad") })
	same(t, "bad", err, "bad")
}
