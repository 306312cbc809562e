// Package browser runs the JavaScript of docs/authentication.md in Chromium; check.mjs beside it
// uses the gateway of `make run`. scripts/browser.sh starts both.
package browser

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/test/authentication/page"
	"github.com/penstock-dev/penstock/test/harness"
	"github.com/penstock-dev/penstock/test/issuer"
)

// folder has tickets.mjs and what it imports.
var folder = os.Getenv("PENSTOCK_TEST_BROWSER")

func TestMain(m *testing.M) {
	if folder == "" {
		fmt.Println("PENSTOCK_TEST_BROWSER names no folder: make test-browser runs these tests")
		return
	}
	os.Exit(m.Run())
}

// TestTickets: the function of the page watches a stream, and goes on with a new ticket after trouble.
func TestTickets(t *testing.T) {
	p := page.Read(t, "../../docs/authentication.md")
	i := issuer.Start(t)
	g := p.Start(t, t.TempDir(), "notes.yaml", "gateway.yaml", i.URL)
	snippet := harness.WriteFile(t, t.TempDir(), "watch.js", p.Code["js"])
	token := i.Token(map[string]any{"aud": page.Audience, "scope": "notes:read notes:write"})
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute) // a browser starts slowly on a busy machine
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", filepath.Join(folder, "tickets.mjs"), "http://"+g.Address, snippet)
	cmd.Env = append(os.Environ(), "TOKEN="+token)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}
