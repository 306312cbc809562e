package dev

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// How long a gateway may take to become ready, and to end.
const (
	readyWithin = 15 * time.Second
	endWithin   = 3 * time.Second
	pollEvery   = 25 * time.Millisecond
)

// gateway is a running process. A nil gateway is one that does not run.
type gateway struct {
	cmd    *exec.Cmd
	done   chan struct{} // closed when the process is over
	result error         // why, after done
}

// start runs a build and waits until it is ready.
func (s *session) start(ctx context.Context, b *build) (*gateway, error) {
	args := []string{}
	if s.Config != "" {
		args = append(args, "--config", s.Config)
	}
	cmd := exec.Command(b.binary, args...) // it ends by a signal, so that it can drain
	cmd.Env = withDefaults(os.Environ(), append([]string{
		"PENSTOCK_LISTEN__ADDRESS=" + s.Listen, "PENSTOCK_ADMIN__ADDRESS=" + s.Admin,
		"PENSTOCK_DRAIN__DELAY=0s", "PENSTOCK_DRAIN__TIMEOUT=1s", "PENSTOCK_LOG__FORMAT=text",
	}, b.variables...))
	cmd.Stdout, cmd.Stderr = s.Output, s.Output
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %q: %w", b.binary, err)
	}
	g := &gateway{cmd: cmd, done: make(chan struct{})}
	go func() {
		g.result = cmd.Wait()
		close(g.done)
	}()
	if err := g.waitReady(ctx, s.Admin); err != nil {
		g.stop()
		return nil, err
	}
	return g, nil
}

// withDefaults adds variables to an environment where it does not have them, in any case.
func withDefaults(environ, add []string) []string {
	have := map[string]bool{}
	for _, variable := range environ {
		name, _, _ := strings.Cut(variable, "=")
		have[strings.ToUpper(name)] = true
	}
	for _, variable := range add {
		if name, _, _ := strings.Cut(variable, "="); !have[name] {
			environ = append(environ, variable)
		}
	}
	return environ
}

// waitReady polls /readyz.
func (g *gateway) waitReady(ctx context.Context, admin string) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	for {
		if isReady(ctx, admin) {
			return nil
		}
		select {
		case <-g.done:
			return g.err()
		case <-ctx.Done():
			return fmt.Errorf("it is not ready after %s", readyWithin)
		case <-ticker.C:
		}
	}
}

func isReady(ctx context.Context, admin string) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+admin+"/readyz", nil)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	defer response.Body.Close() //nolint:errcheck // nothing of it is needed
	return response.StatusCode == http.StatusOK
}

// ended is closed when the process is over; it never is when there is none.
func (g *gateway) ended() <-chan struct{} {
	if g == nil {
		return nil
	}
	return g.done
}

// err says why the process is over.
func (g *gateway) err() error {
	<-g.done
	if g.result == nil {
		return errors.New("it ended without an error")
	}
	return g.result
}

// stop asks the process to end, and ends it when it does not.
func (g *gateway) stop() {
	if g == nil {
		return
	}
	if err := g.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		_ = g.cmd.Process.Kill() // it is over, or signals do not exist here
	}
	select {
	case <-g.done:
	case <-time.After(endWithin):
		_ = g.cmd.Process.Kill()
		<-g.done
	}
}
