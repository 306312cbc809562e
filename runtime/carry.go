package runtime

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/runtime/internal/web"
)

// carry writes what a hook changed into the original text of a message. before and after are the
// payload as its Go type encodes it, so that what the type does not know is in neither: it stays
// where and as it was sent.
//
// An item of a list keeps what it had only where it stayed as it was: a changed list may have
// other items at its places.
func carry(original, before, after []byte) []byte {
	if bytes.Equal(before, after) {
		return original
	}
	from, sent := members(original)
	was, typed := members(before)
	if to, ok := members(after); ok && sent && typed {
		return carryObject(from, was, to)
	}
	var sentItems, wasItems, toItems []json.RawMessage
	if json.Unmarshal(original, &sentItems) == nil && json.Unmarshal(before, &wasItems) == nil &&
		json.Unmarshal(after, &toItems) == nil && toItems != nil {
		return carryList(sentItems, wasItems, toItems)
	}
	return after
}

func carryList(from, was, to []json.RawMessage) []byte {
	for i := range min(len(to), len(was), len(from)) {
		if bytes.Equal(was[i], to[i]) {
			to[i] = from[i]
		}
	}
	return append(append([]byte{'['}, bytes.Join(raw(to), []byte{','})...), ']')
}

func raw(items []json.RawMessage) [][]byte {
	out := make([][]byte, len(items))
	for i, item := range items {
		out[i] = item
	}
	return out
}

func carryObject(from, was, to []member) []byte {
	out := []byte{'{'}
	add := func(name string, value []byte) {
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(web.AppendString(out, name), ':')
		out = append(out, value...)
	}
	there := make([]bool, len(to))
	for _, m := range from {
		w, t := find(was, m.name), find(to, m.name)
		if w >= 0 {
			t = exactly(to, was[w].name)
		}
		if t >= 0 {
			there[t] = true
		}
		switch {
		case t >= 0 && w >= 0:
			add(m.name, carry(m.value, was[w].value, to[t].value))
		case t >= 0:
			add(m.name, to[t].value)
		case w < 0:
			add(m.name, m.value)
		}
	}
	for i, m := range to {
		w := exactly(was, m.name)
		if !there[i] && (w < 0 || !bytes.Equal(was[w].value, m.value)) {
			add(m.name, m.value)
		}
	}
	return append(out, '}')
}

// member is a property of a JSON object.
type member struct {
	name  string
	value json.RawMessage
}

// members reads the properties of an object in their order; false when the text is none.
func members(text []byte) ([]member, bool) {
	d := json.NewDecoder(bytes.NewReader(text))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil, false
	}
	var all []member
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, false
		}
		m := member{}
		m.name, _ = name.(string) // the name of a property is nothing else
		if d.Decode(&m.value) != nil {
			return nil, false
		}
		all = append(all, m)
	}
	return all, true
}

// find is the index of the property that encoding/json takes a name for, -1 for none: that of the
// same name, else of the same letters in another case.
func find(all []member, name string) int {
	if i := exactly(all, name); i >= 0 {
		return i
	}
	return slices.IndexFunc(all, func(m member) bool { return strings.EqualFold(m.name, name) })
}

func exactly(all []member, name string) int {
	return slices.IndexFunc(all, func(m member) bool { return m.name == name })
}
