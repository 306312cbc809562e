package dev

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
)

// settle is how long the files must be quiet: editors write in several steps.
const settle = 50 * time.Millisecond

// maxFolders bounds what is watched, for documents that lie in somebody's home folder.
const maxFolders = 500

// skipped folders never hold sources.
var skipped = []string{"generated", "node_modules", "vendor", "bin", "dist"}

// watcher tells that files changed.
type watcher struct {
	changes chan struct{} // holds at most one: what happens meanwhile counts once
	notify  *fsnotify.Watcher
	owned   sync.WaitGroup
	folders int
}

// watched lists the folders to watch: the project's, and those of the documents.
func (s *session) watched() []string {
	folders := []string{}
	if s.Workspace.Root == "" { // a project of its own
		folders = append(folders, s.Workspace.Dir)
	}
	for _, file := range s.Files {
		folders = append(folders, filepath.Dir(file))
	}
	slices.Sort(folders)
	return slices.Compact(folders)
}

func watch(folders []string) (*watcher, error) {
	notify, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watch files: %w", err)
	}
	w := &watcher{changes: make(chan struct{}, 1), notify: notify}
	for _, folder := range folders {
		if err := w.add(folder); err != nil {
			return nil, errors.Join(err, notify.Close())
		}
	}
	w.owned.Go(w.run)
	return w, nil
}

// add watches a folder and those in it.
func (w *watcher) add(root string) error {
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			if path == root {
				return fmt.Errorf("watch %q: %w", root, err)
			}
			return fs.SkipDir // it went away, or is not ours to read
		}
		if !entry.IsDir() {
			return nil
		}
		if name := entry.Name(); path != root && (strings.HasPrefix(name, ".") || slices.Contains(skipped, name)) {
			return fs.SkipDir
		}
		if w.folders++; w.folders > maxFolders {
			return fs.SkipAll
		}
		if err := w.notify.Add(path); err != nil {
			return fmt.Errorf("watch %q: %w", path, err)
		}
		return nil
	})
}

func (w *watcher) run() {
	timer := time.NewTimer(settle)
	timer.Stop()
	for {
		select {
		case event, ok := <-w.notify.Events:
			if !ok {
				return
			}
			if w.matters(event) {
				timer.Reset(settle)
			}
		case _, ok := <-w.notify.Errors:
			if !ok {
				return
			}
			timer.Reset(settle) // events may be lost: look again
		case <-timer.C:
			select {
			case w.changes <- struct{}{}:
			default:
			}
		}
	}
}

// matters reports whether an event is about a source. Folders that appear are watched too.
func (w *watcher) matters(event fsnotify.Event) bool {
	if event.Op == fsnotify.Chmod || strings.HasPrefix(filepath.Base(event.Name), ".") {
		return false
	}
	if event.Has(fsnotify.Create) {
		if info, err := os.Stat(event.Name); err == nil && info.IsDir() {
			return !slices.Contains(skipped, info.Name()) && w.add(event.Name) == nil
		}
	}
	switch filepath.Ext(event.Name) {
	case ".yaml", ".yml", ".json", ".go", ".avsc", ".proto":
		return true
	}
	return false
}

func (w *watcher) close() {
	_ = w.notify.Close()
	w.owned.Wait()
}
