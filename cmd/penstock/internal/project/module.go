package project

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// gatewayPackage is the package of a project's gateway.
const gatewayPackage = "./cmd/gateway"

// Workspace is a folder with a Go module in which a gateway is generated and built.
type Workspace struct {
	Dir string // the module's folder
	// Module and Root are for the generator: the import path of the generated folder and the
	// folder that paths of documents are relative to; "" leaves both to it.
	Module, Root string
	temporary    bool
	own          bool // the module is penstock itself
}

// Open finds the project around a folder: the nearest module above it, when that has cmd/gateway
// and needs penstock or is it. It reports false when there is none.
func Open(dir string) (Workspace, bool, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Workspace{}, false, fmt.Errorf("find the project: %w", err)
	}
	for ; ; dir = filepath.Dir(dir) {
		text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil {
			w := Workspace{Dir: dir, own: strings.HasPrefix(string(text), "module "+modulePath+"\n")}
			return w, w.hasGateway() && strings.Contains(string(text), modulePath), nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return Workspace{}, false, fmt.Errorf("find the project: %w", err)
		}
		if filepath.Dir(dir) == dir {
			return Workspace{}, false, nil
		}
	}
}

func (w Workspace) hasGateway() bool {
	info, err := os.Stat(filepath.Join(w.Dir, filepath.FromSlash(gatewayPackage)))
	return err == nil && info.IsDir()
}

// Temporary makes a project without hooks in a new temporary folder, for documents that are named
// relative to root. Close removes it.
func Temporary(source Source, root string) (Workspace, error) {
	dir, err := os.MkdirTemp("", "penstock-build-")
	if err != nil {
		return Workspace{}, fmt.Errorf("make a temporary project: %w", err)
	}
	w := Workspace{Dir: dir, Module: "gateway/generated", Root: root, temporary: true}
	if err := write(dir, newValues("gateway", source), "go.mod.tmpl", "cmd/gateway/main.go.tmpl", "cmd/gateway/nohooks.go.tmpl"); err != nil {
		return w, errors.Join(err, w.Close())
	}
	if err := writeSums(dir, source); err != nil {
		return w, errors.Join(err, w.Close())
	}
	return w, nil
}

// Out is the folder for generated code.
func (w Workspace) Out() string { return filepath.Join(w.Dir, "generated") }

// Close removes a temporary workspace.
func (w Workspace) Close() error {
	if !w.temporary {
		return nil
	}
	if err := os.RemoveAll(w.Dir); err != nil {
		return fmt.Errorf("remove the temporary project: %w", err)
	}
	return nil
}
