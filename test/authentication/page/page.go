// Package page reads docs/authentication.md and runs what it shows: documents and configurations, on
// an embedded broker.
package page

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/penstock-dev/penstock/test/harness"
	"github.com/penstock-dev/penstock/test/harness/document"
)

// Issuer is the issuer of the page, and Audience the one of its tokens.
const (
	Issuer   = "https://login.example.com/realms/shop"
	Audience = "https://notes.example.com"
)

// Page is what the page has in its fenced blocks.
type Page struct {
	Files    map[string]string    // by the name behind the language, as notes.yaml
	Commands map[string][]Command // of blocks "console", by the word behind it
	Code     map[string]string    // of languages that stand alone behind the fence, as go
}

// Command is a command and what it prints, in which "…" stands for any text.
type Command struct{ Text, Prints string }

var fence = regexp.MustCompile("(?ms)^```(\\w+)(?: (\\S+))?\n(.*?)^```$")

// Read reads the page; a language that stands alone stands once.
func Read(t testing.TB, path string) Page {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	p := Page{Files: map[string]string{}, Commands: map[string][]Command{}, Code: map[string]string{}}
	for _, block := range fence.FindAllStringSubmatch(string(text), -1) {
		language, word, body := block[1], block[2], block[3]
		switch {
		case language == "console":
			p.Commands[word] = append(p.Commands[word], commands(body)...)
		case word != "":
			p.Files[word] = body
		case p.Code[language] != "":
			t.Fatalf("%s has two blocks of %s: give them names", path, language)
		default:
			p.Code[language] = body
		}
	}
	return p
}

func commands(block string) []Command {
	var all []Command
	for _, command := range strings.Split("\n"+block, "\n$ ")[1:] {
		lines := strings.SplitAfter(command, "\n")
		n := 1
		for n < len(lines) && strings.HasSuffix(lines[n-1], "\\\n") {
			n++
		}
		all = append(all, Command{strings.Join(lines[:n], ""), strings.Join(lines[n:], "")})
	}
	return all
}

// Gateway is a gateway that serves a document of the page.
type Gateway struct {
	Address string // host:port of the client listener
	Folder  string // has the files of the page; commands run in it
}

// Start runs a gateway with a document and a configuration of the page, in a folder that may have
// files already. Issuer stands for another one.
func (p Page) Start(t testing.TB, folder, doc, config, issuer string) Gateway {
	t.Helper()
	broker := harness.Addresses(harness.Embedded(t, kfake.SeedTopics(1, "notes", "orders")))
	replace := strings.NewReplacer("localhost:9092", broker, "/etc/penstock", folder, Issuer, issuer)
	for name, text := range p.Files {
		harness.WriteFile(t, folder, name, replace.Replace(text))
	}
	apis := document.APIs(t, filepath.Join(folder, doc))
	if len(apis) != 1 {
		t.Fatalf("%s has %d apis", doc, len(apis))
	}
	t.Chdir(folder) // for the files that the configuration names
	setup := harness.Setup{File: filepath.Join(folder, config), Mount: harness.Mount(apis...)}
	return Gateway{Address: harness.Start(t, setup).Address, Folder: folder}
}

// Run runs a command of the page at the gateway, and reports it if it does not print what the page
// shows.
func (g Gateway) Run(t testing.TB, c Command, environ ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), harness.Patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-c", strings.ReplaceAll(c.Text, "localhost:8080", g.Address))
	cmd.Env, cmd.Dir = append(os.Environ(), environ...), g.Folder
	out, _ := cmd.CombinedOutput() // curl --max-time ends with an error on purpose: the output decides
	got := strings.TrimSpace(strings.ReplaceAll(string(out), "\r", ""))
	if !matches(strings.TrimSpace(c.Prints), got) {
		t.Errorf("%s\nthe page shows:\n%s\nbut it printed:\n%s", c.Text, c.Prints, got)
	}
}

// matches compares an output with its pattern.
func matches(pattern, text string) bool {
	parts := strings.Split(pattern, "…")
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	return regexp.MustCompile(`(?s)^` + strings.Join(parts, ".*") + `$`).MatchString(text)
}
