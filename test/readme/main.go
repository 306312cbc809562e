// Command readme runs what a document tells its reader to type, and compares what comes back
// with what the document shows.
//
//	go run ./test/readme [-start 'make run' -ready 'ready'] FILE...
//
// It looks at fenced blocks whose info string is "console run". In them a line that begins with
// "$ " is a command (continued by a backslash at its end), the lines below it are its output, in
// which "…" stands for any text. Blocks run in order, in one folder.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"
)

// patience bounds one command; waitReady bounds the start, which may have to build first.
const (
	patience  = 60 * time.Second
	waitReady = 8 * time.Minute
)

// command is one command of a document with the output that the document promises.
type command struct {
	file string
	line int
	text string
	want string
}

func main() {
	start := flag.String("start", "", "command that runs in the background meanwhile")
	ready := flag.String("ready", "", "text of its output that says it is ready")
	flag.Parse()
	if err := run(*start, *ready, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "readme:", err)
		os.Exit(1)
	}
}

func run(start, ready string, files []string) error {
	var commands []command
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		commands = append(commands, parse(file, string(text))...)
	}
	if len(commands) == 0 {
		return fmt.Errorf("no \"console run\" block in %s", strings.Join(files, ", "))
	}
	if start != "" {
		stop, err := background(start, ready)
		if err != nil {
			return err
		}
		defer stop()
	}
	failed := 0
	for _, c := range commands {
		if err := c.run(); err != nil {
			failed++
			fmt.Printf("%s:%d: %v\n", c.file, c.line, err)
		} else {
			fmt.Printf("%s:%d: ok: %s\n", c.file, c.line, c.text)
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d commands do not do what the document says", failed, len(commands))
	}
	return nil
}

// parse finds the commands of the runnable blocks.
func parse(file, text string) []command {
	var commands []command
	inside, continued := false, false
	for i, line := range strings.Split(text, "\n") {
		last := len(commands) - 1
		switch {
		case strings.HasPrefix(line, "```"):
			inside, continued = !inside && strings.TrimSpace(line) == "```console run", false
		case !inside:
		case strings.HasPrefix(line, "$ "):
			commands = append(commands, command{file: file, line: i + 1, text: line[2:]})
			continued = strings.HasSuffix(line, `\`)
		case continued:
			commands[last].text += "\n" + line
			continued = strings.HasSuffix(line, `\`)
		case last >= 0:
			commands[last].want += line + "\n"
		}
	}
	return commands
}

func (c command) run() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-c", c.text)
	out, _ := cmd.CombinedOutput() // curl --max-time ends with an error on purpose: the output decides
	got := strings.TrimSpace(strings.ReplaceAll(string(out), "\r\n", "\n"))
	want := strings.TrimSpace(c.want)
	if !matches(want, got) {
		return fmt.Errorf("%s\nthe document shows:\n%s\nbut it printed:\n%s", c.text, want, got)
	}
	return nil
}

// matches compares an output with its pattern, in which "…" stands for any text.
func matches(pattern, text string) bool {
	parts := strings.Split(pattern, "…")
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	return regexp.MustCompile(`(?s)^` + strings.Join(parts, ".*") + `$`).MatchString(text)
}

// background starts a command, waits until it says that it is ready and returns what stops it.
func background(start, ready string) (stop func(), err error) {
	cmd := exec.Command("bash", "-c", "exec "+start)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	w := &watcher{want: ready, seen: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = w, w
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	var ending error
	ended := make(chan struct{})
	go func() { defer close(ended); ending = cmd.Wait() }()
	stop = func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(45 * time.Second):
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		}
	}
	select {
	case <-w.seen:
		return stop, nil
	case <-ended:
		return nil, fmt.Errorf("%s ended before it was ready: %w", start, ending)
	case <-time.After(waitReady):
		stop()
		return nil, fmt.Errorf("%s was not ready after %s", start, waitReady)
	}
}

// watcher passes output on and notices a text in it.
type watcher struct {
	mu   sync.Mutex
	want string
	text bytes.Buffer
	seen chan struct{}
	done bool
}

var _ io.Writer = (*watcher)(nil)

// Write is called by the process's output.
func (w *watcher) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.done {
		w.text.Write(p)
		if bytes.Contains(w.text.Bytes(), []byte(w.want)) {
			w.done = true
			close(w.seen)
		}
	}
	return os.Stderr.Write(p)
}
