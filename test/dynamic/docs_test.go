// Package dynamic runs the examples of docs/dynamic-configuration.md: each document is served by a
// whole gateway in front of an embedded broker, and each request gets the answer that the page says.
package dynamic

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/penstock-dev/penstock/runtime"
	"github.com/penstock-dev/penstock/test/harness"
	"github.com/penstock-dev/penstock/test/harness/document"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	page    = "../../docs/dynamic-configuration.md"
	written = "localhost:9092" // the broker, as the page has it
)

// example is one document of the page with what follows it.
type example struct {
	name     string // of the document's file
	document string
	files    map[string]string // others, by the path that the page gives them
	requests []exchange
	explains []explanation
}

// exchange is one line "METHOD target | Header: value | body → status texts".
type exchange struct {
	line, method, target string
	headers              []string
	body                 string
	status               string
	texts                []string // that the answer holds
}

// explanation is one block of the command line: a command and its output.
type explanation struct{ command, output string }

var block = regexp.MustCompile("(?ms)^```(yaml|text|requests|console)(?: ([^\n]+))?\n(.*?)^```$")

// read gives the examples of the page. A document is a block that has a file's name and starts with
// asyncapi or openapi.
func read(t *testing.T) []*example {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var all []*example
	byName := map[string]*example{}
	for _, found := range block.FindAllStringSubmatch(string(text), -1) {
		kind, name, body := found[1], found[2], found[3]
		var last *example
		if len(all) > 0 {
			last = all[len(all)-1]
		}
		switch {
		case strings.HasPrefix(body, "asyncapi:") || strings.HasPrefix(body, "openapi:"):
			e := &example{name: name, document: body, files: map[string]string{}}
			all, byName[name] = append(all, e), e
		case kind == "requests":
			for line := range strings.Lines(body) {
				last.requests = append(last.requests, parse(t, strings.TrimSpace(line)))
			}
		case kind == "console":
			command, output, _ := strings.Cut(body, "\n")
			words := strings.Fields(command)
			of := byName[words[len(words)-1]]
			if of == nil {
				t.Fatalf("%s: no document has this name", command)
			}
			of.explains = append(of.explains, explanation{strings.TrimPrefix(command, "$ "), output})
		case name != "":
			last.files[name] = body
		}
	}
	return all
}

func parse(t *testing.T, line string) exchange {
	t.Helper()
	sent, got, ok := strings.Cut(line, "→")
	if !ok {
		t.Fatalf("%s: no answer", line)
	}
	parts := strings.Split(sent, " | ")
	x := exchange{line: line}
	x.method, x.target, _ = strings.Cut(strings.TrimSpace(parts[0]), " ")
	for _, part := range parts[1:] {
		if part = strings.TrimSpace(part); strings.HasPrefix(part, "{") {
			x.body = part
		} else {
			x.headers = append(x.headers, part)
		}
	}
	status, texts, _ := strings.Cut(strings.TrimSpace(got), " ")
	x.status = status
	// Texts are separated by blanks where each names a member, "topic":"…"; else the line is one.
	if members.MatchString(texts) {
		x.texts = strings.Split(texts, " ")
	} else {
		x.texts = []string{texts}
	}
	return x
}

var members = regexp.MustCompile(`^"[a-z]+":"[^" ]*"( "[a-z]+":"[^" ]*")*$`)

// topics lists the topics that the answers name.
func (e *example) topics() []string {
	var names []string
	for _, x := range e.requests {
		for _, found := range topicMember.FindAllStringSubmatch(strings.Join(x.texts, " "), -1) {
			names = append(names, found[1])
		}
	}
	return names
}

var topicMember = regexp.MustCompile(`"topic":"([^"]+)"`)

func TestExamples(t *testing.T) {
	examples := read(t)
	if len(examples) < 6 {
		t.Fatalf("%d examples were found", len(examples))
	}
	for _, e := range examples {
		t.Run(e.name, func(t *testing.T) {
			if len(e.requests) == 0 {
				t.Fatal("the example has no requests")
			}
			g := serve(t, e)
			for _, x := range e.requests {
				g.send(x)
			}
			for _, x := range e.explains {
				explain(t, e, x, g.broker)
			}
		})
	}
}

// write puts the files of an example into a folder and gives the path of the configuration. The
// other files stand where the configuration says then.
func (e *example) write(t *testing.T, dir, broker string) (config string) {
	t.Helper()
	moved := []string{written, broker}
	for name, text := range e.files {
		if strings.HasPrefix(name, "/") {
			moved = append(moved, name, harness.WriteFile(t, dir, filepath.Base(name), text))
		}
	}
	place := strings.NewReplacer(moved...)
	harness.WriteFile(t, dir, e.name, place.Replace(e.document))
	return harness.WriteFile(t, dir, "gateway.yaml", place.Replace(e.files["gateway.yaml"]))
}

var (
	quoted = regexp.MustCompile(`'(\S+) (\S+) (\S+): ([^']*)'`)
	gap    = regexp.MustCompile(`  +`)
)

// explain compares the lines that the page shows of a command's output, one for each value, with
// what the command computes. The example is the folder's document.
func explain(t *testing.T, e *example, shown explanation, broker string) {
	t.Helper()
	asked := quoted.FindStringSubmatch(shown.command)
	if asked == nil {
		t.Fatalf("%s: no request with one header", shown.command)
	}
	r := httptest.NewRequestWithContext(t.Context(), asked[1], asked[2], http.NoBody)
	r.Header.Set(asked[3], asked[4])
	cfg, err := runtime.LoadConfig("", nil)
	if err != nil {
		t.Fatal(err)
	}
	made, err := runtime.Explain(cfg, document.APIs(t, e.name), r, nil)
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]runtime.ExplainedValue{}
	for _, value := range slices.Concat(made.Endpoints[0].Values, made.Messages) {
		value.Value = strings.ReplaceAll(value.Value, broker, written)
		values[value.Pointer] = value
	}
	compared := 0
	for line := range strings.Lines(shown.output) {
		columns := gap.Split(strings.TrimSpace(line), -1)
		if len(columns) != 3 {
			continue
		}
		compared++
		want := runtime.ExplainedValue{Pointer: columns[0], Source: columns[2]}
		want.Value, want.OfEachMessage = strings.CutPrefix(columns[1], "of each message: ")
		if values[columns[0]] != want {
			t.Errorf("%s\ngot %v", strings.TrimSpace(line), values[columns[0]])
		}
	}
	if compared == 0 || compared != len(values) {
		t.Errorf("the page shows %d values, the command %d", compared, len(values))
	}
}
