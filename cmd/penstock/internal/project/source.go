// Package project makes and builds gateways: new projects for people to edit, and temporary ones
// around documents that have no project.
package project

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
)

// modulePath is the module that every gateway needs.
const modulePath = "github.com/penstock-dev/penstock"

// ModuleVariable names the environment variable that says where a checkout of the module is.
const ModuleVariable = "PENSTOCK_MODULE"

// Source is where a project finds the module: a released version, or a checkout.
type Source struct {
	Version string // as go.mod requires it
	Dir     string // absolute folder of the checkout; "" for a release
}

// Locate finds the module at the version of this program, so that generated code and runtime
// belong together. A program built from a checkout uses the checkout; PENSTOCK_MODULE is
// stronger.
func Locate() (Source, error) {
	if dir := os.Getenv(ModuleVariable); dir != "" {
		return checkout(dir, fmt.Sprintf("%s is %q", ModuleVariable, dir))
	}
	info, ok := debug.ReadBuildInfo()
	if ok && info.Main.Path == modulePath && info.Main.Sum != "" {
		return Source{Version: info.Main.Version}, nil
	}
	const reason = "this penstock was built from a checkout"
	_, file, _, _ := runtime.Caller(0)
	if dir := filepath.Join(filepath.Dir(file), "..", "..", "..", ".."); filepath.IsAbs(file) {
		return checkout(dir, reason)
	}
	// Built with -trimpath, as make build does, it still lies in the checkout.
	if binary, err := os.Executable(); err == nil {
		if source, err := checkout(filepath.Join(filepath.Dir(binary), ".."), reason); err == nil {
			return source, nil
		}
	}
	return Source{}, fmt.Errorf("this penstock was built from a checkout and does not know where that is: set %s to its folder", ModuleVariable)
}

// checkout checks that a folder holds the module.
func checkout(dir, reason string) (Source, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Source{}, fmt.Errorf("%s: %w", reason, err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "go.mod")) //nolint:gosec // the folder is named by the user
	if err != nil || !strings.HasPrefix(string(text), "module "+modulePath+"\n") {
		return Source{}, errors.New(reason + ", but module " + modulePath + " is not there")
	}
	return Source{Version: "v0.0.0", Dir: dir}, nil
}

// sums is the go.sum of a checkout: what the module needs, a project of it needs. A release's
// sums are found by Go itself.
func (s Source) sums() ([]byte, error) {
	if s.Dir == "" {
		return nil, nil
	}
	text, err := os.ReadFile(filepath.Join(s.Dir, "go.sum"))
	if err != nil {
		return nil, fmt.Errorf("read the checksums of the checkout: %w", err)
	}
	return text, nil
}
