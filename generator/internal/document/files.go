package document

import (
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

// ReadFile reads a whole file.
func (Disk) ReadFile(name string) ([]byte, error) {
	return os.ReadFile(filepath.FromSlash(name))
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
