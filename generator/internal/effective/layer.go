package effective

import (
	"encoding/json"
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/schema"
)

// Layers are the annotations that make one effective value, weakest first. They tell where
// each part of it came from.
type Layers []layer

// layer is one annotation, or a part of one that stands for another place in the result.
type layer struct {
	node *document.Node
	// from and to: the part of the node at from takes the place to in the result. Both are
	// empty for a whole annotation.
	from, to string
	// without hides a part that another layer takes the place of.
	without string
}

// Origin is the node that gave the value at a pointer; nil when it is a default, or deleted.
func (ls Layers) Origin(pointer string) *document.Node {
	for i := len(ls) - 1; i >= 0; i-- {
		l := ls[i]
		rest, inside := below(pointer, l.to)
		if !inside || l.without != "" && strings.HasPrefix(pointer+"/", l.without+"/") {
			continue
		}
		if n := spelled(l.node, l.from+rest); n != nil {
			if n.Kind == document.Null {
				return nil // deleted here
			}
			return n
		}
	}
	return nil
}

// below cuts a prefix of whole members off a pointer.
func below(pointer, prefix string) (rest string, ok bool) {
	rest, ok = strings.CutPrefix(pointer, prefix)
	return rest, ok && (rest == "" || rest[0] == '/')
}

// Nearest is the node that gave the value at a pointer or, where that is missing, the value
// around it.
func (ls Layers) Nearest(pointer string) *document.Node {
	for {
		if n := ls.Origin(pointer); n != nil {
			return n
		}
		i := strings.LastIndexByte(pointer, '/')
		if i < 0 {
			return nil
		}
		pointer = pointer[:i]
	}
}

// spelled finds a pointer of a canonical value in a node, which may spell properties another
// way. A null on the way deletes what is below it and is given back.
func spelled(n *document.Node, pointer string) *document.Node {
	for _, member := range document.Split(pointer) {
		next := n.At(document.Join("", member))
		if next == nil {
			switch member {
			case "keystore":
				next = n.Get("keyStore")
			case "topicPattern":
				if next = n.Get("topics.pattern"); next == nil {
					next = n.Get("topics").Get("pattern")
				}
			}
		}
		if n = next; n == nil || n.Kind == document.Null {
			return n
		}
	}
	return n
}

// Origins lists where each leaf of an effective value came from, secrets redacted.
func (ls Layers) Origins(kind schema.Kind, value map[string]any) []endpoint.Origin {
	var list []endpoint.Origin
	walkLeaves(schema.Redact(kind, value), "", func(pointer string, leaf any) {
		if pointer == "/inheritConfiguration" {
			return // the switch was thrown; what it chose is listed
		}
		source := "default"
		if n := ls.Origin(pointer); n != nil {
			source = n.Pos.String()
		}
		text, err := json.Marshal(leaf)
		if err != nil {
			text = []byte(fmt.Sprintf("%q", fmt.Sprint(leaf)))
		}
		list = append(list, endpoint.Origin{Pointer: pointer, Value: string(text), Source: source})
	})
	return list
}

// walkLeaves visits the leaves of a value in the order of their names. Empty objects and
// lists of plain values are leaves.
func walkLeaves(value any, pointer string, visit func(pointer string, leaf any)) {
	switch v := value.(type) {
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		for _, k := range keys {
			walkLeaves(v[k], document.Join(pointer, k), visit)
		}
		if len(keys) > 0 {
			return
		}
	case []any:
		nested := false
		for _, item := range v {
			switch item.(type) {
			case map[string]any, []any:
				nested = true
			}
		}
		if nested {
			for i, item := range v {
				walkLeaves(item, pointer+"/"+strconv.Itoa(i), visit)
			}
			return
		}
	}
	visit(pointer, value)
}
