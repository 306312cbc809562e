package project

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// BuildError is a build that the Go compiler refused.
type BuildError struct{ Output string }

// Error is what the compiler said.
func (e *BuildError) Error() string { return "the gateway does not compile:\n" + e.Output }

// Build compiles the workspace's gateway to a static binary, with more flags of go build where
// they are given. The context ends it. Errors: a *BuildError, or Go is not installed.
func (w Workspace) Build(ctx context.Context, binary string, flags ...string) error {
	tool, err := exec.LookPath("go")
	if err != nil {
		return fmt.Errorf("building a gateway needs Go (https://go.dev/dl): %w", err)
	}
	binary, err = filepath.Abs(binary)
	if err != nil {
		return fmt.Errorf("build the gateway: %w", err)
	}
	args := append([]string{"build", "-trimpath", "-ldflags", "-s -w"}, flags...)
	cmd := exec.CommandContext(ctx, tool, append(args, "-o", binary, gatewayPackage)...)
	cmd.Dir = w.Dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if w.mayCompleteModule() {
		cmd.Env = append(cmd.Env, "GOFLAGS="+strings.TrimSpace(os.Getenv("GOFLAGS")+" -mod=mod"))
	}
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	err = cmd.Run()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &exit):
		return &BuildError{strings.TrimSpace(output.String())}
	case err != nil:
		return fmt.Errorf("build the gateway: %w", err)
	}
	return nil
}

// mayCompleteModule says whether Go may add to go.mod and go.sum what the generated code needs. A
// new project names penstock only. It does not hold for penstock itself, with a vendor folder or
// a Go workspace, and where GOFLAGS says otherwise.
func (w Workspace) mayCompleteModule() bool {
	if w.own || strings.Contains(os.Getenv("GOFLAGS"), "-mod=") || os.Getenv("GOWORK") != "" {
		return false
	}
	if exists(filepath.Join(w.Dir, "vendor", "modules.txt")) {
		return false
	}
	for dir := w.Dir; ; dir = filepath.Dir(dir) {
		if exists(filepath.Join(dir, "go.work")) {
			return false
		}
		if filepath.Dir(dir) == dir {
			return true
		}
	}
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return !errors.Is(err, fs.ErrNotExist)
}
