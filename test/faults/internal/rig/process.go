// Package rig starts gateways and brokers as processes that can be killed, with proxies in front
// of them that can cut, stall and delay.
package rig

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// Process is a program that is started, ended and started again. Not safe for concurrent use.
type Process struct {
	name, dir, program string
	args, env          []string
	cmd                *exec.Cmd
	done               chan struct{}
}

// start runs the program; what it prints is appended to dir/name.log.
func (p *Process) start() error {
	log, err := os.OpenFile(p.logFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }() // the process has its own
	cmd := exec.Command(p.program, p.args...)
	cmd.Env, cmd.Stdout, cmd.Stderr = append(os.Environ(), p.env...), log, log
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", p.name, err)
	}
	done := make(chan struct{})
	p.cmd, p.done = cmd, done
	go func() {
		_ = cmd.Wait() // how it ended is in its log
		close(done)
	}()
	return nil
}

func (p *Process) logFile() string { return filepath.Join(p.dir, p.name+".log") }

// Log is all that the process printed.
func (p *Process) Log() string {
	text, err := os.ReadFile(p.logFile())
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// Kill ends the process at once (SIGKILL). A process that does not run stays so.
func (p *Process) Kill() { p.end(syscall.SIGKILL, 10*time.Second) }

// Stop asks the process to end (SIGTERM), and kills it when it has not after patience.
func (p *Process) Stop(patience time.Duration) { p.end(syscall.SIGTERM, patience) }

func (p *Process) end(signal syscall.Signal, patience time.Duration) {
	if p.cmd == nil {
		return
	}
	_ = p.cmd.Process.Signal(signal) // it may have ended by itself
	select {
	case <-p.done:
	case <-time.After(patience):
		_ = p.cmd.Process.Kill()
		<-p.done
	}
	p.cmd = nil
}

// listening waits until the process accepts connections at an address.
func (p *Process) listening(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	var dialer net.Dialer
	for {
		c, err := dialer.DialContext(ctx, "tcp", address)
		if err == nil {
			return c.Close()
		}
		select {
		case <-p.done:
			err = errors.New("the process ended")
		case <-ctx.Done():
			err = ctx.Err()
		case <-time.After(10 * time.Millisecond):
			continue
		}
		log := p.Log()
		return fmt.Errorf("%s: %w; its log ends with:\n%s", p.name, err, log[max(0, len(log)-2000):])
	}
}
