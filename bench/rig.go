package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/penstock-dev/penstock/bench/internal/proc"
	"github.com/penstock-dev/penstock/test/ports"
)

// contestants are named in the order of package report: the base, its copy, the gateway.
var contestants = [...]string{"base", "copy", "gateway"}

// rig is everything that is kept from scenario to scenario: the programs and the broker.
type rig struct {
	options *options
	dir     string // programs, logs and data
	broker  *broker
	client  *kgo.Client
	topics  []string // that it created
	warmed  bool
	admin   string // of the running gateway
}

func newRig(ctx context.Context, o *options, stderr io.Writer) (*rig, error) {
	dir, err := os.MkdirTemp("", "penstock-bench-")
	if err != nil {
		return nil, err
	}
	r := &rig{options: o, dir: dir}
	if err := r.start(ctx, stderr); err != nil {
		return nil, errors.Join(err, r.close())
	}
	return r, nil
}

func (r *rig) start(ctx context.Context, stderr io.Writer) error {
	fmt.Fprintln(stderr, "building …")
	root, err := moduleRoot(ctx)
	if err != nil {
		return err
	}
	if err := build(ctx, root, r.dir, stderr); err != nil {
		return err
	}
	if r.broker, err = startBroker(ctx, r.options, root, r.dir); err != nil {
		return err
	}
	return r.connect(ctx)
}

// connect makes what the broker needs to have.
func (r *rig) connect(ctx context.Context) (err error) {
	r.client, err = kgo.NewClient(kgo.SeedBrokers(strings.Split(r.broker.address, ",")...), kgo.ProducerLinger(0))
	if err != nil {
		return err
	}
	r.topics, err = makeTopics(ctx, r.client)
	return err
}

// close stops the broker and removes everything that the rig made.
func (r *rig) close() error {
	var errs []error
	if r.client != nil {
		if r.options.bootstrap != "" && len(r.topics) > 0 {
			errs = append(errs, removeTopics(r.client, r.topics))
		}
		r.client.Close()
	}
	if r.broker != nil {
		errs = append(errs, r.broker.stop())
	}
	return errors.Join(append(errs, os.RemoveAll(r.dir))...)
}

func moduleRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return "", fmt.Errorf("find the module: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

// build makes the programs as they are shipped: static and stripped.
func build(ctx context.Context, root, dir string, stderr io.Writer) error {
	b := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", dir+"/",
		"./bench/baseline", "./bench/broker", "./bench/gateway")
	b.Dir, b.Stderr = root, stderr
	b.Env = append(os.Environ(), "CGO_ENABLED=0")
	if err := b.Run(); err != nil {
		return fmt.Errorf("build: %w", err)
	}
	return nil
}

// contestant is one running gateway.
type contestant struct {
	name, address string
	process       *proc.Process
}

func (r *rig) contestant(ctx context.Context, name string) (*contestant, error) {
	c := &contestant{name: name}
	var err error
	if c.address, err = ports.FreeAddress(); err != nil {
		return nil, err
	}
	if name == "gateway" {
		c.process, err = r.gateway(c.address)
	} else {
		c.process, err = proc.Start(r.dir, name, filepath.Join(r.dir, "baseline"), []string{
			"-listen", c.address, "-brokers", r.broker.address,
			"-events", eventsTopic, "-records", recordsTopic, "-stream", streamTopic(name),
		}, nil)
	}
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	if err := c.process.Listening(ctx, c.address); err != nil {
		c.process.Stop()
		return nil, err
	}
	return c, nil
}

func (r *rig) gateway(address string) (*proc.Process, error) {
	admin, err := ports.FreeAddress()
	if err != nil {
		return nil, err
	}
	r.admin = admin
	return proc.Start(r.dir, "gateway", filepath.Join(r.dir, "gateway"), nil, []string{
		"PENSTOCK_LISTEN__ADDRESS=" + address,
		"PENSTOCK_ADMIN__ADDRESS=" + admin,
		fmt.Sprintf("PENSTOCK_ADMIN__PROFILES=%t", r.options.profiles != ""),
		"PENSTOCK_APIS__BENCH__ENDPOINTS__DEFAULT__CONFIGURATION__BOOTSTRAPSERVERS=" + r.broker.address,
		"PENSTOCK_LIMITS__STREAMSPERADDRESS=10000",
		"PENSTOCK_DRAIN__DELAY=0s",
		"PENSTOCK_LOG__LEVEL=warn",
	})
}
