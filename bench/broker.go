package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/penstock-dev/penstock/bench/internal/proc"
	"github.com/penstock-dev/penstock/test/ports"
)

// broker is the Kafka that all contestants share.
type broker struct {
	address string
	pid     int // 0: not on this machine
	stop    func() error
}

func startBroker(ctx context.Context, o *options, root, dir string) (*broker, error) {
	switch {
	case o.bootstrap != "":
		return &broker{o.bootstrap, o.brokerPID, func() error { return nil }}, nil
	case o.kafka == "real":
		return realBroker(ctx, root, filepath.Join(dir, "kafka"))
	}
	return embeddedBroker(ctx, dir)
}

func embeddedBroker(ctx context.Context, dir string) (*broker, error) {
	address, err := ports.FreeAddress()
	if err != nil {
		return nil, err
	}
	data, err := os.MkdirTemp(dir, "data")
	if err != nil {
		return nil, err
	}
	_, port, _ := strings.Cut(address, ":")
	p, err := proc.Start(dir, "broker", filepath.Join(dir, "broker"), []string{"-port", port, "-data", data}, nil)
	if err != nil {
		return nil, err
	}
	stop := func() error {
		p.Stop()
		return os.RemoveAll(data)
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := p.Listening(ctx, address); err != nil {
		_ = stop() // the first error says more
		return nil, err
	}
	return &broker{address, p.PID(), stop}, nil
}

// realBroker starts Apache Kafka with the heap that figures need.
func realBroker(ctx context.Context, root, dir string) (*broker, error) {
	script := filepath.Join(root, "scripts", "kafka.sh")
	start := exec.CommandContext(ctx, script, "start", dir)
	start.Env = append(os.Environ(), "KAFKA_JVM=-Xms1g -Xmx1g")
	start.Stderr = os.Stderr
	out, err := start.Output()
	if err != nil {
		return nil, fmt.Errorf("start Kafka: %w", err)
	}
	stop := func() error {
		return exec.Command(script, "stop", dir).Run()
	}
	text, err := os.ReadFile(filepath.Join(dir, "pid"))
	if err != nil {
		_ = stop()
		return nil, err
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		_ = stop()
		return nil, fmt.Errorf("process of Kafka: %w", err)
	}
	return &broker{strings.TrimSpace(string(out)), pid, stop}, nil
}
