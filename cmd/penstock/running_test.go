package main

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/penstock-dev/penstock/test/lines"
	"github.com/penstock-dev/penstock/test/ports"
)

// patience bounds one step; compiling on a busy machine takes its time.
const patience = 3 * time.Minute

// screen is what a command writes while it runs.
type screen struct{ lines.Lines }

// waitFor waits until the text after an offset matches, and returns the match and its end.
func (s *screen) waitFor(t *testing.T, from int, pattern string) ([]string, int) {
	t.Helper()
	expression := regexp.MustCompile("(?m)" + pattern)
	deadline := time.Now().Add(patience)
	for time.Now().Before(deadline) {
		text := s.String()[from:]
		if at := expression.FindStringSubmatchIndex(text); at != nil {
			return expression.FindStringSubmatch(text), from + at[1]
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("%q does not come; the screen shows:\n%s", pattern, s.String())
	return nil, 0
}

// background runs a command line until the test ends or the function is called, which returns
// the exit code.
func background(t *testing.T, args ...string) (*screen, func() int) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out := &screen{}
	code := make(chan int, 1)
	go func() { code <- run(ctx, args, &console{stdout: out, stderr: out}) }()
	end := sync.OnceValue(func() int {
		cancel()
		return <-code
	})
	t.Cleanup(func() { end() })
	return out, end
}

func TestKafka(t *testing.T) {
	out, end := background(t, "kafka", "--listen", "127.0.0.1:0", "--topic", "orders:3", "--topic", "events")
	match, _ := out.waitFor(t, 0, `^Kafka listens on (\S+)\ntopic orders, 3 partitions\ntopic events, 1 partition$`)
	client, err := kgo.NewClient(kgo.SeedBrokers(match[1]))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	topics, err := kadm.NewClient(client).ListTopics(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(topics) != 2 || len(topics["orders"].Partitions) != 3 {
		t.Errorf("topics %v", topics)
	}
	if code := end(); code != 0 {
		t.Errorf("exit code %d:\n%s", code, out)
	}
}

func TestKafkaAddressTaken(t *testing.T) {
	out, _ := background(t, "kafka", "--listen", "127.0.0.1:0")
	match, _ := out.waitFor(t, 0, `^Kafka listens on (\S+)$`)
	second := &screen{}
	if code := run(t.Context(), []string{"kafka", "--listen", match[1]}, &console{stdout: second, stderr: second}); code != 1 {
		t.Errorf("exit code %d", code)
	}
	second.waitFor(t, 0, `^penstock: start the embedded Kafka: listen tcp `+match[1]+`: bind: address already in use$`)
}

// post publishes an order and returns the status.
func post(t *testing.T, url, body string) int {
	t.Helper()
	response, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // read below
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		t.Fatal(err)
	}
	return response.StatusCode
}

// edit replaces a text in a file.
func edit(t *testing.T, file, from, to string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), from) {
		t.Fatalf("%s has no %q", file, from)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(text), from, to, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestDev is a day at work: a new project runs, mistakes are shown while the last good gateway
// goes on, and what is saved comes to life.
func TestDev(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "shop")
	silent := &screen{}
	if code := run(t.Context(), []string{"init", dir}, &console{stdout: silent, stderr: silent}); code != 0 {
		t.Fatalf("init: exit code %d:\n%s", code, silent)
	}
	t.Chdir(dir)
	args := []string{"dev"}
	for _, flag := range []string{"--listen", "--admin-listen", "--kafka-listen"} {
		address, err := ports.FreeAddress() // port 0 would be free while gateways follow one another
		if err != nil {
			t.Fatal(err)
		}
		args = append(args, flag, address)
	}
	out, end := background(t, append(args, "specs/orders.yaml")...)

	match, at := out.waitFor(t, 0, `(?s)^Ready in [0-9.]+ s$.*^  gateway  (\S+)$.*^Try, in another terminal:$
  curl -i http://localhost:[0-9]+/orders -H 'Content-Type: application/json' -d '(\{.*\})'
  curl -N http://localhost:[0-9]+/orders/events -H 'Accept: text/event-stream'
  curl 'http://localhost:[0-9]+/orders\?limit=10'$`)
	orders, example := match[1]+"/orders", match[2]
	if code := post(t, orders, example); code != http.StatusAccepted {
		t.Errorf("the example is answered %d", code)
	}
	if code := post(t, orders, `{"id":"a","item":"unicorn","quantity":1}`); code != http.StatusBadRequest {
		t.Errorf("what the hook refuses is answered %d", code)
	}

	edit(t, "specs/orders.yaml", "enabled: true", "enabld: true")
	_, at = out.waitFor(t, at, `^specs/orders.yaml:\d+:\d+: unknown property "enabld": did you mean "enabled"\? \(.*\)$\n(?:.*\n)*?^the last good gateway goes on; waiting for a change$`)
	if code := post(t, orders, example); code != http.StatusAccepted {
		t.Errorf("after a mistake the example is answered %d", code)
	}

	edit(t, "specs/orders.yaml", "enabld: true", "enabled: true")
	_, at = out.waitFor(t, at, `^(nothing changed for the gateway|Ready in [0-9.]+ s)$`)

	edit(t, "specs/orders.yaml", "maximum: 100", "maximum: 5")
	_, at = out.waitFor(t, at, `^Ready in [0-9.]+ s$`)
	if code := post(t, orders, `{"id":"a","item":"book","quantity":6}`); code != http.StatusBadRequest {
		t.Errorf("what the new schema refuses is answered %d", code)
	}

	edit(t, "cmd/gateway/hooks.go", `sold out")`, `sold out"`)
	_, at = out.waitFor(t, at, `(?s)^penstock: the gateway does not compile:$.*hooks.go:\d+:\d+: syntax error.*^the last good gateway goes on`)
	edit(t, "cmd/gateway/hooks.go", `"unicorns are sold out"`, `"no unicorns")`)
	out.waitFor(t, at, `^Ready in [0-9.]+ s$`)
	if code := post(t, orders, example); code != http.StatusAccepted {
		t.Errorf("in the end the example is answered %d", code)
	}

	if code := end(); code != 0 {
		t.Errorf("exit code %d:\n%s", code, out)
	}
	if _, err := http.Get(orders); err == nil {
		t.Error("the gateway still runs")
	}
}

// TestDevOnce: without watching a mistake is the end.
func TestDevOnce(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("bad.yaml", []byte("asyncapi: 1.2.0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, _ := background(t, "dev", "--watch=false", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--kafka-listen", "127.0.0.1:0", "bad.yaml")
	out.waitFor(t, 0, `^bad.yaml:1:\d+: .*AsyncAPI 1.*$\n(?:.*\n)*?^penstock: the gateway does not run$`)
}
