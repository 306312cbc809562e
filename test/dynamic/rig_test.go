package dynamic

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/penstock-dev/penstock/test/harness"
	"github.com/penstock-dev/penstock/test/harness/document"
)

// gateway is a running gateway that serves one example.
type gateway struct {
	*harness.Client
	broker string
}

// serve runs a gateway for an example, in front of a broker of its own.
func serve(t *testing.T, e *example) *gateway {
	t.Helper()
	topics := append(e.topics(), "orders", "secret")
	slices.Sort(topics)
	broker := harness.Addresses(harness.Embedded(t, kfake.SeedTopics(1, slices.Compact(topics)...)))
	dir := t.TempDir()
	config := e.write(t, dir, broker)
	t.Chdir(dir)
	g := harness.Start(t, harness.Setup{File: config, Mount: harness.Mount(document.APIs(t, e.name)...)})
	return &gateway{harness.NewClient(t, "http://"+g.Address), broker}
}

// send sends a request and compares the answer.
func (g *gateway) send(x exchange) {
	g.T.Helper()
	request := g.Request(x.method, x.target, x.body)
	if x.body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for _, header := range x.headers {
		name, value, _ := strings.Cut(header, ": ")
		request.Header.Set(name, value)
	}
	got := g.Send(request)
	answer := strings.ReplaceAll(got.Body, `\"`, `"`)
	if strconv.Itoa(got.Status) != x.status {
		g.T.Errorf("%s\ngot %d %s", x.line, got.Status, answer)
	}
	for _, text := range x.texts {
		if !strings.Contains(answer, text) {
			g.T.Errorf("%s\ngot %d %s, without %s", x.line, got.Status, answer, text)
		}
	}
}
