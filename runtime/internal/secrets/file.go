package secrets

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"
)

// file is one file as it was read. It is not changed.
type file struct {
	text    string
	keys    map[string]string
	err     error       // of the last look; nothing else is there then
	info    os.FileInfo // by which a change is seen
	checked time.Time
}

// file gives a file as it is now, or was at most a second ago. While one caller looks at a file
// that is known, the others go on with what is known.
func (s *Secrets) file(name string) (*file, error) {
	now := s.now()
	s.mu.Lock()
	known := s.files[name]
	if known != nil && now.Sub(known.checked) < checkEvery {
		s.mu.Unlock()
		return known, known.err
	}
	if known != nil {
		same := *known
		same.checked = now
		s.files[name] = &same
	}
	s.mu.Unlock()

	fresh, err := s.read(name, known)
	if err != nil {
		fresh = &file{err: err}
	}
	fresh.checked = now
	s.mu.Lock()
	s.files[name] = fresh
	s.mu.Unlock()
	return fresh, err
}

// read reads a file, if it has changed since known was read.
func (s *Secrets) read(name string, known *file) (*file, error) {
	root, err := os.OpenRoot(s.dir) // nothing outside of it can be opened, by links neither
	if err != nil {
		return nil, problem(name, err)
	}
	defer root.Close() //nolint:errcheck // it was only read
	info, err := root.Stat(name)
	switch {
	case err != nil:
		return nil, problem(name, err)
	case !info.Mode().IsRegular(): // to open a pipe would wait for its writer
		return nil, fmt.Errorf("the secret %q is no file", name)
	case info.Size() > maxFile:
		return nil, fmt.Errorf("the secret file %q is larger than %d bytes", name, maxFile)
	case known != nil && known.info != nil && unchanged(known.info, info):
		same := *known
		return &same, nil
	}
	opened, err := root.Open(name)
	if err != nil {
		return nil, problem(name, err)
	}
	defer opened.Close() //nolint:errcheck // it was only read
	bytes, err := io.ReadAll(io.LimitReader(opened, maxFile))
	if err != nil {
		return nil, problem(name, err)
	}
	text := string(bytes)
	return &file{text: withoutBreak(text), keys: keys(text), info: info}, nil
}

func unchanged(was, is os.FileInfo) bool {
	return os.SameFile(was, is) && was.ModTime().Equal(is.ModTime()) && was.Size() == is.Size()
}

// problem says what is wrong without the machine's paths.
func problem(name string, err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return fmt.Errorf("the secret file %q cannot be read: %w", name, err)
}

// withoutBreak cuts one line break off the end.
func withoutBreak(text string) string {
	if cut, ok := strings.CutSuffix(text, "\n"); ok {
		return strings.TrimSuffix(cut, "\r")
	}
	return text
}

// keys reads the entries of a file: the members of a JSON object, or lines key=value. Of a key
// that stands twice the last one counts.
func keys(text string) map[string]string {
	entries := map[string]string{}
	var members map[string]any
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if strings.HasPrefix(strings.TrimSpace(text), "{") && decoder.Decode(&members) == nil {
		for name, member := range members {
			switch member := member.(type) {
			case string:
				entries[name] = member
			case json.Number:
				entries[name] = member.String()
			}
		}
		return entries
	}
	for line := range strings.Lines(text) {
		name, value, ok := strings.Cut(withoutBreak(line), "=")
		if ok && !strings.HasPrefix(name, "#") {
			entries[strings.TrimSpace(name)] = value
		}
	}
	return entries
}
