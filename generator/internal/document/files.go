package document

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// Files reads files by name, slashes forward. fstest.MapFS is one too.
type Files interface {
	ReadFile(name string) ([]byte, error)
}

// Disk is the file system of the machine. Relative names start at the working directory.
type Disk struct{}

// maxFile bounds a file, in bytes: a reference may name a device, which has no end.
const maxFile = 64 << 20

// ReadFile reads a whole file of at most 64 MiB.
func (Disk) ReadFile(name string) ([]byte, error) {
	opened, err := os.Open(filepath.FromSlash(name))
	if err != nil {
		return nil, err
	}
	defer opened.Close() //nolint:errcheck // it was only read
	content, err := io.ReadAll(io.LimitReader(opened, maxFile+1))
	if err == nil && len(content) > maxFile {
		return nil, fmt.Errorf("the file has more than %d MiB", maxFile>>20)
	}
	return content, err
}

// ReadDir lists a folder, for suggestions of file names.
func (Disk) ReadDir(name string) ([]fs.DirEntry, error) {
	return os.ReadDir(filepath.FromSlash(name))
}

// neighbours lists the files of the folder that a name points into; nil where files cannot
// list folders.
func neighbours(files Files, name string) []string {
	lister, ok := files.(interface {
		ReadDir(name string) ([]fs.DirEntry, error)
	})
	if !ok {
		return nil
	}
	entries, err := lister.ReadDir(path.Dir(name))
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names
}
