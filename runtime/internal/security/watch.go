package security

import (
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// lookEvery is how often files are looked at, at most. They are looked at when a connection
// begins, so nothing runs in between.
const lookEvery = time.Second

// watched is a value made from files, which is made again when one of them changed. Safe for
// concurrent use.
type watched[T any] struct {
	what  string // in the configuration, for the log
	files []string
	load  func() (T, error)
	every time.Duration

	value atomic.Pointer[T]

	mu     sync.Mutex // held by the one that looks; the others do not wait for it
	seen   []os.FileInfo
	next   time.Time
	warned string // the last problem in the log
}

// watch makes the value. Without files it stays as it is.
func watch[T any](what string, files []string, load func() (T, error)) (*watched[T], error) {
	w := &watched[T]{what: what, files: files, load: load, every: lookEvery}
	// The state is older than the content, so a change between the two is seen later.
	seen, unseen := states(files)
	value, err := load()
	if err == nil {
		err = unseen
	}
	if err != nil {
		return nil, err
	}
	w.seen, w.next = seen, time.Now().Add(w.every)
	w.value.Store(&value)
	return w, nil
}

// get gives the value, made from the files as they are now. While they cannot be read it is the
// one that was, and the log says so once.
func (w *watched[T]) get(to *slog.Logger) T {
	if len(w.files) > 0 && w.mu.TryLock() {
		w.look(to)
		w.mu.Unlock()
	}
	return *w.value.Load()
}

func (w *watched[T]) look(to *slog.Logger) {
	now := time.Now()
	if now.Before(w.next) {
		return
	}
	w.next = now.Add(w.every)
	seen, err := states(w.files)
	if err == nil {
		if unchanged(w.seen, seen) {
			return
		}
		var value T
		if value, err = w.load(); err == nil {
			w.seen, w.warned = seen, ""
			w.value.Store(&value)
			to.Info("changed files are in use for new connections", "what", w.what)
			return
		}
	}
	if problem := err.Error(); problem != w.warned {
		w.warned = problem
		to.Warn("changed files are not read: what was read before stays in use", "what", w.what, "error", err)
	}
}

// states asks the system about files; links are followed.
func states(files []string) ([]os.FileInfo, error) {
	infos := make([]os.FileInfo, len(files))
	for i, name := range files {
		info, err := os.Stat(name)
		if err != nil {
			return nil, err
		}
		infos[i] = info
	}
	return infos, nil
}

func unchanged(before, now []os.FileInfo) bool {
	for i := range now {
		if !os.SameFile(before[i], now[i]) || before[i].Size() != now[i].Size() || !before[i].ModTime().Equal(now[i].ModTime()) {
			return false
		}
	}
	return true
}
