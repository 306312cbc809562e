// Package authentication runs docs/authentication.md: its documents, its configurations, its files,
// its commands and its Go. Its JavaScript runs in test/browser.
package authentication

import (
	"os/exec"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/penstock-dev/penstock/test/authentication/page"
	"github.com/penstock-dev/penstock/test/harness"
	"github.com/penstock-dev/penstock/test/issuer"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const path = "../../docs/authentication.md"

func TestPage(t *testing.T) {
	p := page.Read(t, path)
	if commands := p.Commands["run"]; len(p.Files) != 6 || len(commands) < 8 {
		t.Fatalf("found files %v and %d commands", p.Files, len(commands))
	}
	i := issuer.Start(t)
	g := p.Start(t, t.TempDir(), "notes.yaml", "gateway.yaml", i.URL)
	token := i.Token(map[string]any{"aud": page.Audience, "scope": "notes:read"})
	for _, c := range p.Commands["run"] {
		g.Run(t, c, "TOKEN="+token)
	}
}

// TestKey: the commands that make a key make one that lets its owner in.
func TestKey(t *testing.T) {
	p := page.Read(t, path)
	var script []string
	for _, c := range p.Commands["key"] {
		script = append(script, c.Text)
	}
	folder := t.TempDir()
	harness.WriteFile(t, folder, "keys", p.Files["keys"])
	cmd := exec.CommandContext(t.Context(), "bash", "-c", strings.Join(script, "\n")+"\ncat keys >&2")
	cmd.Dir = folder
	var keys strings.Builder
	cmd.Stderr = &keys
	key, err := cmd.Output()
	if err != nil || len(script) != 2 {
		t.Fatalf("%v, %q: %s", err, script, keys.String())
	}
	p.Files["keys"] = keys.String()
	g := p.Start(t, folder, "notes.yaml", "gateway.yaml", issuer.Start(t).URL)
	client := harness.NewClient(t, "http://"+g.Address)
	client.PostJSON("/notes", `{"text":"hello"}`, "X-API-Key: "+strings.TrimSpace(string(key))).Want(t, 202)
	client.PostJSON("/notes", `{"text":"hello"}`, "X-API-Key: "+strings.TrimSpace(string(key))+"x").Want(t, 401)
}
