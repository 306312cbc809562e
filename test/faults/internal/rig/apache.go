package rig

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// apache is one node of Apache Kafka.
type apache struct {
	script, dir string
	clock       string // file that its wall clock is taken from; "": that of the machine
}

// groups are the times of groups whose partitions the broker assigns: short ones, as the gateways
// choose for the others.
const groups = `
group.consumer.session.timeout.ms=6000
group.consumer.min.session.timeout.ms=6000
group.consumer.heartbeat.interval.ms=1000
group.consumer.min.heartbeat.interval.ms=1000
`

// newApache makes a node and gives it the address that it tells clients; it does not run after.
func newApache(ctx context.Context, root, dir, advertise string) (node, string, error) {
	a := &apache{script: filepath.Join(root, "scripts", "kafka.sh"), dir: dir}
	out, err := a.run(ctx, "start")
	if err != nil {
		return nil, "", err
	}
	address := strings.TrimSpace(out)
	if err := a.stop(); err != nil {
		return nil, "", err
	}
	file := filepath.Join(dir, "server.properties")
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, "", err
	}
	const key = "advertised.listeners=PLAINTEXT://"
	changed := strings.Replace(string(text), key+address, key+advertise, 1)
	if changed == string(text) {
		return nil, "", fmt.Errorf("%s has no %s%s", file, key, address)
	}
	return a, address, os.WriteFile(file, []byte(changed+groups), 0o600)
}

func (a *apache) run(ctx context.Context, command string) (string, error) {
	cmd := exec.CommandContext(ctx, a.script, command, a.dir)
	cmd.Stderr = os.Stderr
	if a.clock != "" {
		cmd.Env = append(os.Environ(), "KAFKA_CLOCK="+a.clock)
	}
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("kafka.sh %s: %w", command, err)
	}
	return string(out), nil
}

func (a *apache) start(ctx context.Context) error {
	_, err := a.run(ctx, "restart")
	return err
}

func (a *apache) kill() error {
	text, err := os.ReadFile(filepath.Join(a.dir, "pid"))
	if err != nil {
		return err
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return fmt.Errorf("process of Kafka: %w", err)
	}
	return syscall.Kill(pid, syscall.SIGKILL)
}

func (a *apache) stop() error {
	_, err := a.run(context.Background(), "stop")
	return err
}
