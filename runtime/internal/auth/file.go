package auth

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	// lookEvery is how often a file is looked at for changes, at most.
	lookEvery = time.Second
	// maxFile is the largest file of users or keys, in bytes.
	maxFile = 16 << 20
)

// file is a file that is read again when it has changed. A file that cannot be read or parsed
// leaves the content as it was, and is logged once for each change. Safe for concurrent use.
type file[T any] struct {
	path  string
	parse func(text string) (T, error)
	log   *slog.Logger

	content atomic.Pointer[T]
	looked  atomic.Pointer[time.Time] // with its monotonic reading: the clock may be set

	mu   sync.Mutex // of the look in progress
	seen stamp
}

// stamp tells two versions of a file apart.
type stamp struct {
	modified time.Time
	size     int64
	gone     bool
}

// openFile reads a file for the first time.
func openFile[T any](path string, log *slog.Logger, parse func(text string) (T, error)) (*file[T], error) {
	f := &file[T]{path: path, parse: parse, log: log, seen: stampOf(path)}
	if err := f.read(); err != nil {
		return nil, err
	}
	now := time.Now()
	f.looked.Store(&now)
	return f, nil
}

// get gives the content, after a look at the file where the last one was a while ago.
func (f *file[T]) get() T {
	if time.Since(*f.looked.Load()) >= lookEvery && f.mu.TryLock() {
		defer f.mu.Unlock()
		now := time.Now()
		f.looked.Store(&now)
		f.look()
	}
	return *f.content.Load()
}

// look reads the file again if it has changed. f.mu is held.
func (f *file[T]) look() {
	now := stampOf(f.path)
	if now == f.seen {
		return
	}
	f.seen = now
	if err := f.read(); err != nil {
		f.log.Error("file not read again, what it said before stays in force", "file", f.path, "error", err)
		return
	}
	f.log.Info("file read again", "file", f.path)
}

func (f *file[T]) read() error {
	in, err := os.OpenFile(f.path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // to open a pipe would wait for its writer
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	if info, err := in.Stat(); err != nil || !info.Mode().IsRegular() {
		return errors.Join(err, fmt.Errorf("%s: a file of users or keys is a regular file", f.path))
	}
	text, err := io.ReadAll(io.LimitReader(in, maxFile+1))
	if err != nil {
		return err
	}
	if len(text) > maxFile {
		return fmt.Errorf("%s: a file of users or keys has at most %d MiB", f.path, maxFile>>20)
	}
	content, err := f.parse(string(text))
	if err != nil {
		return fmt.Errorf("%s:%w", f.path, err)
	}
	f.content.Store(&content)
	return nil
}

func stampOf(path string) stamp {
	info, err := os.Stat(path)
	if err != nil {
		return stamp{gone: true}
	}
	return stamp{modified: info.ModTime(), size: info.Size()}
}
