package document

import (
	"fmt"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

const (
	// maxDepth is how deep values may be nested.
	maxDepth = 10_000
	// maxAliased is how many values aliases and merge keys may add to a file.
	maxAliased = 100_000
)

// converter turns the nodes of the YAML parser into ours.
//
// It reads scalars itself because the parser follows YAML 1.1 for them, and checks what the
// parser leaves as it stands: duplicate keys, merge keys and aliases.
type converter struct {
	source  *source
	breaks  []int // offsets of lines as the parser counts them
	issues  []Issue
	aliases int // how many aliases are open
	aliased int // how many values came from aliases
	stopped bool
	broken  bool                // a value has no certain meaning
	open    map[*yaml.Node]bool // anchors being expanded
}

// index finds the lines as YAML 1.1 counts them: they also end with a lone carriage return,
// NEL, LS and PS.
func (c *converter) index() {
	c.breaks = []int{0}
	data := c.source.data
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		i += size
		switch {
		case r == '\r' && i < len(data) && data[i] == '\n':
		case r == '\n', r == '\r', r == '\u0085', r == '\u2028', r == '\u2029':
			c.breaks = append(c.breaks, i)
		}
	}
}

// pos is the place of a YAML node. The parser counts columns in characters.
func (c *converter) pos(y *yaml.Node) Pos {
	if y.Line < 1 || y.Line > len(c.breaks) {
		return Pos{c.source.name, 1, 1}
	}
	offset, data := c.breaks[y.Line-1], c.source.data
	for n := 1; n < y.Column && offset < len(data); n++ {
		_, size := utf8.DecodeRune(data[offset:])
		offset += size
	}
	return c.source.pos(offset)
}

// fail reports that a value cannot be read.
func (c *converter) fail(y *yaml.Node, format string, args ...any) {
	c.broken = true
	c.issue(y, format, args...)
}

func (c *converter) issue(y *yaml.Node, format string, args ...any) {
	c.issues = append(c.issues, Issue{Pos: c.pos(y), Message: fmt.Sprintf(format, args...)})
}

// convert gives the value of a YAML node; a null in its place when it cannot be read.
func (c *converter) convert(y *yaml.Node, depth int) *Node {
	n := &Node{Pos: c.pos(y)}
	if c.stopped {
		return n
	}
	if depth > maxDepth {
		c.stop(y, "nested deeper than %d levels", maxDepth)
		return n
	}
	if c.aliases > 0 {
		c.aliased++
	}
	if c.aliased > maxAliased {
		c.stop(y, "aliases expand to more than %d values", maxAliased)
		return n
	}
	switch y.Kind {
	case yaml.AliasNode:
		return c.alias(y, depth)
	case yaml.MappingNode:
		c.checkTag(y, "!!map")
		n.Kind = Object
		n.Members = c.members(y, depth)
	case yaml.SequenceNode:
		c.checkTag(y, "!!seq")
		n.Kind = Array
		n.Items = make([]*Node, 0, len(y.Content))
		for _, item := range y.Content {
			n.Items = append(n.Items, c.convert(item, depth+1))
		}
	default:
		var message string
		if n.Kind, n.Text, message = scalar(y); message != "" {
			c.fail(y, "%s", message)
		}
	}
	return n
}

func (c *converter) stop(y *yaml.Node, format string, args ...any) {
	c.fail(y, format, args...)
	c.stopped = true
}

// unknownTag does not name the tag: it may be the start of a password without quotes.
const unknownTag = `this tag is not supported: a text that starts with "!" stands in quotes`

func (c *converter) checkTag(y *yaml.Node, want string) {
	if y.Style&yaml.TaggedStyle != 0 && y.Tag != want {
		c.fail(y, unknownTag)
	}
}

// alias gives a copy of what an alias stands for.
func (c *converter) alias(y *yaml.Node, depth int) *Node {
	if c.open[y.Alias] {
		c.fail(y, "alias %q contains itself", "*"+y.Value)
		return &Node{Pos: c.pos(y)}
	}
	if c.open == nil {
		c.open = map[*yaml.Node]bool{}
	}
	c.open[y.Alias] = true
	c.aliases++
	before := c.stopped
	n := c.convert(y.Alias, depth)
	c.aliases--
	delete(c.open, y.Alias)
	if c.stopped && !before && c.aliases == 0 {
		c.issues[len(c.issues)-1].Pos = c.pos(y)
	}
	return n
}

// members converts the members of a mapping: its own, then those of its merge keys.
func (c *converter) members(y *yaml.Node, depth int) []Member {
	members := make([]Member, 0, len(y.Content)/2)
	seen := make(map[string]Pos, len(y.Content)/2)
	var merges []*yaml.Node
	for i := 0; i+1 < len(y.Content); i += 2 {
		key, value := y.Content[i], y.Content[i+1]
		if key.Tag == "!!merge" {
			if len(merges) > 0 {
				c.issue(key, "duplicate key \"<<\": one << takes a list, [*a, *b]")
				continue
			}
			merges = append(merges, value)
			continue
		}
		text, ok := c.key(key)
		if !ok {
			continue
		}
		at := c.pos(key)
		if first, dup := seen[text]; dup {
			c.issue(key, "duplicate key %q: it stands already in line %d", text, first.Line)
			continue
		}
		seen[text] = at
		members = append(members, Member{Key: text, KeyPos: at, Value: c.convert(value, depth+1)})
	}
	for _, m := range merges {
		for _, added := range c.merged(m, depth) {
			if _, own := seen[added.Key]; !own {
				seen[added.Key] = added.KeyPos
				members = append(members, added)
			}
		}
	}
	return members
}

// key is the text of a key. Keys that are numbers become texts, such as status codes.
func (c *converter) key(y *yaml.Node) (string, bool) {
	if y.Kind == yaml.AliasNode {
		y = y.Alias
	}
	if y.Kind != yaml.ScalarNode {
		c.fail(y, "a key must be a text")
		return "", false
	}
	return y.Value, true
}

// merged gives the members that a merge key adds, those of earlier mappings first.
func (c *converter) merged(y *yaml.Node, depth int) []Member {
	target := y
	if y.Kind == yaml.AliasNode {
		target = y.Alias
	}
	switch target.Kind {
	case yaml.MappingNode:
		return c.convert(y, depth+1).Members
	case yaml.SequenceNode:
		var all []Member
		for _, item := range target.Content {
			if depth+1 > maxDepth {
				c.stop(item, "nested deeper than %d levels", maxDepth)
				return nil
			}
			all = append(all, c.merged(item, depth+1)...)
		}
		return all
	}
	c.fail(y, "the value of << must be a mapping or a list of mappings")
	return nil
}
