// Package authentication runs docs/authentication.md: its document, its configuration, its files
// and its commands.
package authentication

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"
	"go.uber.org/goleak"

	"github.com/penstock-dev/penstock/test/harness"
	"github.com/penstock-dev/penstock/test/harness/document"
	"github.com/penstock-dev/penstock/test/issuer"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

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
		ctx, cancel := context.WithTimeout(t.Context(), harness.Patience)
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
	broker := harness.Addresses(harness.Embedded(t, kfake.SeedTopics(1, "notes")))
	folder := t.TempDir()
	replace := strings.NewReplacer("localhost:9092", broker, "/etc/penstock", folder, "https://login.example.com/realms/shop", i.URL)
	for name, text := range p.files {
		harness.WriteFile(t, folder, name, replace.Replace(text))
	}
	apis := document.APIs(t, filepath.Join(folder, "notes.yaml"))
	if len(apis) != 1 {
		t.Fatalf("the document has %d apis", len(apis))
	}
	return harness.Start(t, harness.Setup{File: filepath.Join(folder, "gateway.yaml"), Mount: harness.Mount(apis...)}).Address
}

// matches compares an output with its pattern, in which "…" stands for any text.
func matches(pattern, text string) bool {
	parts := strings.Split(pattern, "…")
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	return regexp.MustCompile(`(?s)^` + strings.Join(parts, ".*") + `$`).MatchString(text)
}
