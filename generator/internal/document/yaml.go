package document

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// readYAML reads one YAML document. The tree is nil when a value of it cannot be read; a
// duplicate key and a second document are left out of it.
func readYAML(s *source) (*Node, []Issue) {
	decoder := yaml.NewDecoder(bytes.NewReader(s.data))
	var first yaml.Node
	if err := decoder.Decode(&first); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, []Issue{{Pos: Pos{s.name, 1, 1}, Message: "the file is empty"}}
		}
		return nil, []Issue{s.yamlIssue(err)}
	}
	c := &converter{source: s}
	c.index()
	root := c.convert(first.Content[0], 0)
	if c.onlyComments(first.Content[0]) {
		return nil, []Issue{{Pos: Pos{s.name, 1, 1}, Message: "the file is empty"}}
	}
	var second yaml.Node
	switch err := decoder.Decode(&second); {
	case errors.Is(err, io.EOF):
	case err != nil:
		c.broken = true
		c.issues = append(c.issues, s.yamlIssue(err))
	default:
		c.issue(second.Content[0], "a second document in the file: one file holds one document")
	}
	if c.broken {
		root = nil
	}
	return root, c.issues
}

// onlyComments says whether the document is an empty one that nobody wrote.
func (c *converter) onlyComments(y *yaml.Node) bool {
	return y.Kind == yaml.ScalarNode && y.Value == "" && y.Style == 0
}

var yamlPrefix = regexp.MustCompile(`^yaml: (line \d+: )?`)

// yamlMessage is the text of a parser error without its place.
func yamlMessage(err error) string { return yamlPrefix.ReplaceAllString(err.Error(), "") }

// yamlIssue gives a parser error its place and, where the cause is known, better words.
//
// The parser names a line only, often the one where the construct around the error starts.
// The line that brings the error is the first one with which the text fails in the same way.
func (s *source) yamlIssue(err error) Issue {
	message := yamlMessage(err)
	if name, ok := strings.CutPrefix(message, "unknown anchor '"); ok {
		name = strings.TrimSuffix(name, "' referenced")
		at := max(bytes.Index(s.data, []byte("*"+name)), 0)
		return Issue{Pos: s.pos(at), Message: `this alias names no anchor: a text that starts with "*" stands in quotes`}
	}
	if strings.HasPrefix(message, "control characters") {
		if issue, found := s.controlCharacter(); found {
			return issue
		}
	}
	line := s.failingLine(message)
	if strings.HasPrefix(message, "exceeded max depth") {
		return Issue{Pos: Pos{s.name, line, 1}, Message: fmt.Sprintf("nested deeper than %d levels", maxDepth)}
	}
	text := s.line(line)
	indent := text[:len(text)-len(bytes.TrimLeft(text, " \t"))]
	if tab := bytes.IndexByte(indent, '\t'); tab >= 0 {
		return Issue{Pos: Pos{s.name, line, tab + 1}, Message: "a tab in the indentation: YAML indents with spaces only"}
	}
	if hint, ok := yamlHints[message]; ok {
		message += ": " + hint
	}
	return Issue{Pos: Pos{s.name, line, len(indent) + 1}, Message: "not valid YAML: " + message}
}

// controlCharacter finds the first character that YAML 1.2 section 5.1 does not print, of those that
// the parser refuses.
func (s *source) controlCharacter() (Issue, bool) {
	at := bytes.IndexFunc(s.data, func(r rune) bool {
		return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r >= 0x7F && r < 0xA0 && r != '\u0085'
	})
	if at < 0 {
		return Issue{}, false
	}
	r, _ := utf8.DecodeRune(s.data[at:])
	return Issue{Pos: s.pos(at), Message: fmt.Sprintf(`not valid YAML: control character %U: remove it, or write \x%02x in double quotes`, r, r)}, true
}

// yamlHints say what most probably brings a message of the parser.
var yamlHints = map[string]string{
	"did not find expected key":                      "is this line indented as those that it belongs to?",
	"mapping values are not allowed in this context": "a text with a colon and a space needs quotes",
	"found unexpected end of stream":                 "a quote that opens here is never closed",
}

// failingLine finds the first line that makes the text fail with a message.
func (s *source) failingLine(message string) int {
	fails := func(lines int) bool {
		end := len(s.data)
		if lines < len(s.lines) {
			end = s.lines[lines]
		}
		decoder := yaml.NewDecoder(bytes.NewReader(s.data[:end]))
		for {
			var y yaml.Node
			if err := decoder.Decode(&y); err != nil {
				return !errors.Is(err, io.EOF) && yamlMessage(err) == message
			}
		}
	}
	low, high := 0, len(s.lines)
	for high-low > 1 {
		middle := (low + high) / 2
		if fails(middle) {
			high = middle
		} else {
			low = middle
		}
	}
	return high
}
