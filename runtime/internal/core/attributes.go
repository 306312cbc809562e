package core

import (
	"iter"
	"maps"
	"slices"
	"strings"
)

// attributePrefix may be left out where an attribute is read; names that begin with family have
// it already, or never do.
const (
	family          = "gravitee."
	attributePrefix = family + "attribute."
)

// Attributes are the named values of a request or of a message. The zero value is empty. Not
// safe for concurrent use.
type Attributes struct{ values map[string]any }

// Set gives an attribute a value: a text, a number, a boolean, or a list or a map of values. nil
// removes it.
func (a *Attributes) Set(name string, value any) {
	if value == nil {
		delete(a.values, name)
		return
	}
	if a.values == nil {
		a.values = make(map[string]any)
	}
	a.values[name] = value
}

// Get finds an attribute by its name; "kafka.groupId" also finds "gravitee.attribute.kafka.groupId".
func (a *Attributes) Get(name string) (value any, ok bool) {
	if a == nil || a.values == nil {
		return nil, false
	}
	if value, ok = a.values[name]; !ok && !strings.HasPrefix(name, family) {
		value, ok = a.values[attributePrefix+name]
	}
	return value, ok
}

// Len counts the attributes.
func (a *Attributes) Len() int {
	if a == nil {
		return 0
	}
	return len(a.values)
}

// All gives the names with their values, in no order. Nobody sets attributes meanwhile.
func (a *Attributes) All() iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		if a == nil {
			return
		}
		for name, value := range a.values {
			if !yield(name, value) {
				return
			}
		}
	}
}

// Names lists the names, sorted.
func (a *Attributes) Names() []string {
	if a == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(a.values))
}
