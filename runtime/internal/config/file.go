package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"go.yaml.in/yaml/v3"
)

// tree is a configuration before it is typed, with the place that gave each value.
type tree struct {
	values map[string]any
	places map[string]string // JSON pointer to "file:line:col" or a variable's name
}

func newTree() *tree { return &tree{values: map[string]any{}, places: map[string]string{}} }

// place finds where a pointer, or the nearest value above it, was written.
func (t *tree) place(pointer string) string {
	for {
		if place, ok := t.places[pointer]; ok {
			return place
		}
		slash := strings.LastIndexByte(pointer, '/')
		if slash < 0 {
			return ""
		}
		pointer = pointer[:slash]
	}
}

// maxAliases bounds how many nodes the aliases of a file may stand for.
const maxAliases = 10_000

// parseFile reads a YAML (or JSON) file. The error joins every *Problem.
func parseFile(name string, text []byte) (*tree, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var doc yaml.Node
	if err := decoder.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			return newTree(), nil
		}
		return nil, syntaxProblem(name, err)
	}
	p := parser{file: name, tree: newTree()}
	var second yaml.Node
	if err := decoder.Decode(&second); err == nil {
		p.fail(&second, "", "a second document; one is allowed")
	} else if !errors.Is(err, io.EOF) {
		return nil, syntaxProblem(name, err)
	}
	p.tree.places[""] = name + ":1:1"
	switch root := doc.Content[0]; {
	case root.Kind == yaml.MappingNode:
		p.tree.values = p.mapping(root, "")
	case root.ShortTag() != "!!null":
		p.fail(root, "", "the configuration is a mapping of keys")
	}
	return p.tree, errors.Join(p.problems...)
}

// syntaxProblem turns "yaml: line 3: text" into a problem with a place.
func syntaxProblem(name string, err error) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 1
	if n, scanErr := fmt.Sscanf(text, "line %d:", &line); n == 1 && scanErr == nil {
		_, text, _ = strings.Cut(text, ": ")
	}
	if strings.HasPrefix(text, "unknown anchor ") { // its name may be a password
		text = `an alias names no anchor: a text that starts with "*" stands in quotes`
	}
	return &Problem{Place: fmt.Sprintf("%s:%d:1", name, line), Text: text}
}

// parser turns nodes into values and remembers their places.
type parser struct {
	file     string
	tree     *tree
	aliased  int
	problems []error
}

func (p *parser) fail(n *yaml.Node, pointer, text string) {
	p.problems = append(p.problems, &Problem{Place: p.at(n), Text: text, Pointer: pointer})
}

func (p *parser) at(n *yaml.Node) string { return fmt.Sprintf("%s:%d:%d", p.file, n.Line, n.Column) }

func (p *parser) mapping(n *yaml.Node, pointer string) map[string]any {
	m := map[string]any{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.ShortTag() == "!!merge" {
			p.fail(key, pointer, "merge keys (<<) are not read here")
			continue
		}
		if key.Kind != yaml.ScalarNode {
			p.fail(key, pointer, "a key is a text")
			continue
		}
		child := pointer + "/" + escape(key.Value)
		if _, twice := m[key.Value]; twice {
			p.fail(key, child, fmt.Sprintf("key %q stands twice", key.Value))
			continue
		}
		p.tree.places[child] = p.at(key)
		m[key.Value] = p.value(value, child)
	}
	return m
}

func (p *parser) value(n *yaml.Node, pointer string) any {
	switch n.Kind {
	case yaml.AliasNode:
		if p.aliased += size(n.Alias, maxAliases); p.aliased > maxAliases {
			p.fail(n, pointer, "aliases stand for too much")
			return nil
		}
		return p.value(n.Alias, pointer)
	case yaml.MappingNode:
		return p.mapping(n, pointer)
	case yaml.SequenceNode:
		list := make([]any, 0, len(n.Content))
		for i, item := range n.Content {
			child := fmt.Sprintf("%s/%d", pointer, i)
			p.tree.places[child] = p.at(item)
			list = append(list, p.value(item, child))
		}
		return list
	default:
		return p.scalar(n, pointer)
	}
}

func (p *parser) scalar(n *yaml.Node, pointer string) any {
	if tag := n.ShortTag(); tag == "!!timestamp" || tag == "!!str" {
		return n.Value
	}
	var v any
	if err := n.Decode(&v); err != nil {
		p.fail(n, pointer, "the value does not fit its tag") // the error has the value, which may be a password
	}
	if f, ok := v.(float64); ok && (math.IsNaN(f) || math.IsInf(f, 0)) {
		return n.Value // JSON has no such number; the schema refuses the text
	}
	return v
}

// size counts the nodes below one, aliases followed, up to a bound.
func size(n *yaml.Node, bound int) int {
	total := 1
	if n.Kind == yaml.AliasNode {
		return size(n.Alias, bound)
	}
	for _, child := range n.Content {
		if total >= bound {
			return total
		}
		total += size(child, bound-total)
	}
	return total
}

// escape writes a key as a part of a JSON pointer (RFC 6901).
func escape(key string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
}
