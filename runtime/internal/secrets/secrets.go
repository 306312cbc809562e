// Package secrets reads what #secrets.get names: variables of the environment and files below
// one folder. No error of it holds a value.
package secrets

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"time"
)

// checkEvery is how often a file is looked at for a change.
const checkEvery = time.Second

// maxFile is the size of the largest file that is read, in bytes.
const maxFile = 1 << 20

// Secrets reads secrets. It is safe for concurrent use.
type Secrets struct {
	dir    string
	lookup func(name string) (string, bool)
	now    func() time.Time

	mu    sync.Mutex
	files map[string]*file // by name
}

// New reads files below dir only. The folder need not exist before a file of it is asked for.
func New(dir string) *Secrets {
	return &Secrets{dir: dir, lookup: os.LookupEnv, now: time.Now, files: map[string]*file{}}
}

// Get reads one secret:
//
//   - /env/NAME is a variable of the gateway's environment.
//   - /file/NAME is a file as it is, without one line break at its end.
//   - /file/NAME:key is a member of a JSON object that is a file, else what stands after "key=" in
//     one of its lines.
//
// NAME of a file has no path in it. A link is followed as long as it stays below the folder, as
// those of Kubernetes do. A changed file is seen within a second.
func (s *Secrets) Get(uri string) (string, error) {
	if name, ok := strings.CutPrefix(uri, "/env/"); ok && name != "" {
		value, found := s.lookup(name)
		if !found {
			return "", fmt.Errorf("the variable %q is not set", name)
		}
		return value, nil
	}
	rest, ok := strings.CutPrefix(uri, "/file/")
	name, key, keyed := strings.Cut(rest, ":")
	if !ok || !plain(name) || keyed && key == "" {
		return "", fmt.Errorf("%q names no secret: write /env/NAME, /file/NAME or /file/NAME:key", uri)
	}
	f, err := s.file(name)
	if err != nil {
		return "", err
	}
	if !keyed {
		return f.text, nil
	}
	value, ok := f.keys[key]
	if !ok {
		return "", fmt.Errorf("the secret file %q has no key %q", name, key)
	}
	return value, nil
}

// plain says whether a name is that of a file in the folder: nothing leads out of it.
func plain(name string) bool {
	return name != "" && name[0] != '.' && !strings.ContainsAny(name, "/\\\x00")
}
