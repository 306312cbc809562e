package scope_test

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/expr"
	"github.com/penstock-dev/penstock/runtime/internal/config"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
	"github.com/penstock-dev/penstock/runtime/internal/scope"
	"github.com/penstock-dev/penstock/runtime/internal/secrets"
)

// page is docs/expressions.md.
func page(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("../../../docs/expressions.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// blocks are the fenced blocks of a page in a language.
func blocks(page, language string) []string {
	var texts []string
	for _, match := range regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```").FindAllStringSubmatch(page, -1) {
		texts = append(texts, match[1])
	}
	return texts
}

// documented is the request, message and gateway that the page describes.
func documented(t *testing.T, page string) expr.Scope {
	t.Helper()
	sent := strings.ReplaceAll(strings.TrimSuffix(blocks(page, "http")[0], "\n"), "\n", "\r\n")
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(sent)))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "gateway.yaml")
	for name, text := range map[string]string{"gateway.yaml": blocks(page, "yaml")[0], "kafka": "user=shop\npassword=12345678\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("KAFKA_PASSWORD", "12345678")
	cfg, err := config.Load(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	env := &scope.Environment{
		API:        scope.API{ID: "orders", Name: "Orders", Version: "1.0.0"},
		Node:       scope.Node{ID: "node-1", Version: "0.1.0", Tenant: cfg.Tenant},
		Properties: cfg.Properties, Dictionaries: cfg.Dictionaries, Secrets: secrets.New(dir),
	}
	x := &exchange.Exchange{
		Kind: endpoint.HTTPPost, Request: r, Params: map[string]string{"id": "42"}, Attributes: &core.Attributes{}, Body: body, Received: time.Now(),
		Caller: exchange.Caller{Identity: exchange.Identity{Subject: "ann", Claims: map[string]any{"plan": "gold", "roles": []any{"user", "admin"}}}},
	}
	x.Attributes.Set("tenant", "acme")
	return env.Message(x, &core.Record{Key: []byte("k-1"), Value: body, Headers: []core.Header{{Name: "trace", Value: []byte("t1")}}})
}

// written writes a value as the page does: the kind is seen.
func written(value any) string {
	switch value := value.(type) {
	case nil:
		return "null"
	case string:
		return strconv.Quote(value)
	case float64:
		text, err := expr.FloatValue(value).Text()
		if err != nil {
			return err.Error()
		}
		return text
	case []any:
		items := make([]string, len(value))
		for i, item := range value {
			items[i] = written(item)
		}
		return "[" + strings.Join(items, ", ") + "]"
	case map[string]any:
		var members []string
		for _, key := range slices.Sorted(maps.Keys(value)) {
			members = append(members, key+": "+written(value[key]))
		}
		return "{" + strings.Join(members, ", ") + "}"
	}
	return fmt.Sprint(value)
}

// shown compiles and evaluates an example.
func shown(text string, s expr.Scope) string {
	place := expr.Configuration
	if strings.Contains(text, "#message") {
		place = expr.Message
	}
	compiled, err := expr.Compile(text, place)
	if err != nil {
		return "? " + err.Error()
	}
	v, err := compiled.Value(s)
	if err != nil {
		return "! " + err.Error()
	}
	value, err := v.Any()
	if err != nil {
		return "! " + err.Error()
	}
	return "→ " + written(value)
}

var example = regexp.MustCompile(`^(.*?) +(→ .*|[?!] character .*)$`)

// TestDocumentedExamples runs every example of docs/expressions.md with the scope of a request.
func TestDocumentedExamples(t *testing.T) {
	text := page(t)
	s := documented(t, text)
	count := 0
	for _, block := range blocks(text, "expression") {
		for line := range strings.Lines(block) {
			parts := example.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
			if parts == nil {
				t.Errorf("no example: %s", line)
				continue
			}
			count++
			if got := shown(parts[1], s); got != parts[2] {
				t.Errorf("%s\ngot  %s\nwant %s", parts[1], got, parts[2])
			}
		}
	}
	if count < 110 {
		t.Errorf("%d examples were found", count)
	}
}
