package rig

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// Build builds the gateway of test/faults/specs and the embedded broker into dir, and gives the
// root of the repository.
func Build(ctx context.Context, dir string, stderr io.Writer) (root string, err error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return "", fmt.Errorf("find the module: %w", err)
	}
	root = strings.TrimSpace(string(out))
	b := exec.CommandContext(ctx, "go", "build", "-o", dir+"/", "./test/faults/broker", "./test/faults/gateway")
	b.Dir, b.Stderr = root, stderr
	b.Env = append(os.Environ(), "CGO_ENABLED=0")
	if err := b.Run(); err != nil {
		return "", fmt.Errorf("build: %w", err)
	}
	return root, nil
}
