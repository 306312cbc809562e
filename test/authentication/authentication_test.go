// Package authentication runs docs/authentication.md: its document, its configuration, its files
// and its commands.
package authentication

import (
	"context"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"go.uber.org/goleak"

	"github.com/penstock-dev/penstock/generator"
	"github.com/penstock-dev/penstock/runtime"
	"github.com/penstock-dev/penstock/test/issuer"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds everything that the test waits for.
const patience = 30 * time.Second

// page is what the document has: files by name, and commands with their output.
type page struct {
	files    map[string]string
	commands [][2]string
}

var fence = regexp.MustCompile("(?ms)^```(\\S+) (\\S+)\n(.*?)^```$")

func read(t *testing.T) page {
	t.Helper()
	text, err := os.ReadFile("../../docs/authentication.md")
	if err != nil {
		t.Fatal(err)
	}
	p := page{files: map[string]string{}}
	for _, block := range fence.FindAllStringSubmatch(string(text), -1) {
		if block[1] != "console" {
			p.files[block[2]] = block[3]
			continue
		}
		for _, command := range strings.Split("\n"+block[3], "\n$ ")[1:] {
			lines := strings.SplitAfter(command, "\n")
			n := 1
			for strings.HasSuffix(lines[n-1], "\\\n") {
				n++
			}
			p.commands = append(p.commands, [2]string{strings.Join(lines[:n], ""), strings.Join(lines[n:], "")})
		}
	}
	return p
}

func TestPage(t *testing.T) {
	p := read(t)
	if len(p.files) != 4 || len(p.commands) < 8 {
		t.Fatalf("found files %v and %d commands", p.files, len(p.commands))
	}
	i := issuer.Start(t)
	address := p.start(t, i)
	token := i.Token(map[string]any{"aud": "https://notes.example.com", "scope": "notes:read"})
	for _, c := range p.commands {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		cmd := exec.CommandContext(ctx, "bash", "-c", strings.ReplaceAll(c[0], "localhost:8080", address))
		cmd.Env = append(os.Environ(), "TOKEN="+token)
		out, _ := cmd.CombinedOutput() // curl --max-time ends with an error on purpose: the output decides
		cancel()
		got := strings.TrimSpace(strings.ReplaceAll(string(out), "\r", ""))
		if !matches(strings.TrimSpace(c[1]), got) {
			t.Errorf("%s\nthe page shows:\n%s\nbut it printed:\n%s", c[0], c[1], got)
		}
	}
}

// start runs a gateway with what the page has, on an embedded broker, and gives its address.
func (p page) start(t *testing.T, i *issuer.Issuer) string {
	t.Helper()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "notes"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	folder := t.TempDir()
	replace := strings.NewReplacer("localhost:9092", cluster.ListenAddrs()[0], "/etc/penstock", folder, "https://login.example.com/realms/shop", i.URL)
	for name, text := range p.files {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(replace.Replace(text)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	apis, issues := generator.APIs(filepath.Join(folder, "notes.yaml"))
	if len(issues) > 0 || len(apis) != 1 {
		t.Fatalf("the document has issues: %v", issues)
	}
	api := runtime.API{Name: "notes", Title: "Notes", Version: "1.0.0", Source: "notes.yaml"}
	for _, d := range apis[0].Descriptors {
		api.Operations = append(api.Operations, runtime.Operation{Descriptor: d})
	}
	return run(t, filepath.Join(folder, "gateway.yaml"), api)
}

// run runs a gateway until the test ends and gives its address.
func run(t *testing.T, config string, api runtime.API) string {
	t.Helper()
	cfg, err := runtime.LoadConfig(config, nil)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Listen.Address, cfg.Admin.Address, cfg.Drain.Delay = "127.0.0.1:0", "127.0.0.1:0", 0
	started, done := make(chan string, 1), make(chan error, 1)
	gw, err := runtime.New(cfg, runtime.WithLogger(slog.New(slog.NewTextHandler(io.Discard, nil))),
		runtime.WithStarted(func(client, _ string) { started <- client }))
	if err != nil {
		t.Fatal(err)
	}
	if err := gw.Mount(api); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() { done <- gw.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the gateway ended with %v", err)
		}
	})
	select {
	case address := <-started:
		return address
	case err := <-done:
		done <- nil // for the end of the test
		t.Fatalf("the gateway did not start: %v", err)
	case <-time.After(patience):
		t.Fatal("the gateway did not start in time")
	}
	return ""
}

// matches compares an output with its pattern, in which "…" stands for any text.
func matches(pattern, text string) bool {
	parts := strings.Split(pattern, "…")
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	return regexp.MustCompile(`(?s)^` + strings.Join(parts, ".*") + `$`).MatchString(text)
}
