// Package overlay is test support: it adds annotations to copies of documents that other
// projects wrote, so that those stay as they are.
package overlay

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/penstock-dev/penstock/generator/internal/document"
)

// Apply copies the folder of a document to dir and merges an overlay, a YAML file with a merge
// patch (RFC 7386), into the copy of the document, which becomes JSON under the old name. It
// returns the path of that copy. An overlay that does not exist changes nothing.
func Apply(dir, source, patch string) (string, error) {
	if err := os.CopyFS(dir, os.DirFS(filepath.Dir(source))); err != nil {
		return "", fmt.Errorf("copy the folder of %q: %w", source, err)
	}
	copied := filepath.Join(dir, filepath.Base(source))
	if _, err := os.Stat(patch); err != nil {
		if os.IsNotExist(err) {
			return copied, nil
		}
		return "", fmt.Errorf("find the overlay: %w", err)
	}
	base, err := read(source)
	if err != nil {
		return "", err
	}
	changes, err := read(patch)
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(copied, merge(base, changes).JSON(), fs.FileMode(0o600)); err != nil {
		return "", fmt.Errorf("write the copy of %q: %w", source, err)
	}
	return copied, nil
}

func read(name string) (*document.Node, error) {
	d, issues := document.Read(document.Disk{}, name)
	if d.Root == nil {
		return nil, fmt.Errorf("read %q: %s", name, issues[0])
	}
	return d.Root, nil
}

// merge applies a patch and keeps the order of the members.
func merge(base, patch *document.Node) *document.Node {
	if base == nil || base.Kind != document.Object || patch.Kind != document.Object {
		return patch
	}
	result := &document.Node{Kind: document.Object, Pos: base.Pos}
	for _, m := range base.Members {
		change := patch.Get(m.Key)
		if change == nil {
			result.Members = append(result.Members, m)
		} else if change.Kind != document.Null {
			m.Value = merge(m.Value, change)
			result.Members = append(result.Members, m)
		}
	}
	for _, m := range patch.Members {
		if base.Get(m.Key) == nil && m.Value.Kind != document.Null {
			result.Members = append(result.Members, m)
		}
	}
	return result
}
