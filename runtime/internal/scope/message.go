package scope

import (
	"encoding/base64"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/penstock-dev/penstock/runtime/expr"
	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// message is #message: a message that is not in Kafka yet.
type message view

// Property implements expr.Object.
func (m *message) Property(name string) (expr.Value, error) {
	switch name {
	case "id":
		return expr.Value{}, nil // a position in Kafka, which the message has not got yet
	case "content":
		return (*view)(m).keep().message.text(m.rec.Value), nil
	case "contentLength":
		return length(m.rec.Value), nil
	case "jsonContent":
		return (*view)(m).keep().message.decoded(m.rec.Value)
	case "headers":
		return expr.MapValue((*recordHeaders)(m.rec)), nil
	case "metadata":
		return expr.MapValue((*metadata)(m.rec)), nil
	case "attributes":
		return expr.MapValue((*attributes)(&m.rec.Attributes)), nil
	}
	return expr.Value{}, errUnknown
}

// recordHeaders is #message.headers: lists of texts.
type recordHeaders core.Record

// Get implements expr.Mapping. Case does not count.
func (h *recordHeaders) Get(name string) (expr.Value, bool) {
	var values []string
	for i := range h.Headers {
		if strings.EqualFold(h.Headers[i].Name, name) {
			values = append(values, string(h.Headers[i].Value))
		}
	}
	return expr.TextsValue(values), values != nil
}

// Keys implements expr.Mapping. Of names that differ in case only it lists the first.
func (h *recordHeaders) Keys() []string {
	var names []string
	seen := map[string]bool{} // a client may send tens of thousands
	for i := range h.Headers {
		if lower := strings.ToLower(h.Headers[i].Name); !seen[lower] {
			seen[lower], names = true, append(names, h.Headers[i].Name)
		}
	}
	slices.Sort(names)
	return names
}

// metadata is #message.metadata: what is known of the record so far, under the names that
// subscribers see.
type metadata core.Record

// Get implements expr.Mapping.
func (m *metadata) Get(name string) (expr.Value, bool) {
	switch valid := utf8.Valid(m.Key); {
	case name == "key" && m.Key != nil && valid:
		return expr.TextValue(string(m.Key)), true
	case name == "keyBytes" && !valid:
		return expr.TextValue(base64.StdEncoding.EncodeToString(m.Key)), true
	case name == "partition" && m.Pinned:
		return expr.IntValue(int64(m.Partition)), true
	case name == "topic" && m.Topic != "":
		return expr.TextValue(m.Topic), true
	}
	return expr.Value{}, false
}

// Keys implements expr.Mapping.
func (m *metadata) Keys() []string {
	var names []string
	for _, name := range []string{"key", "keyBytes", "partition", "topic"} {
		if _, ok := m.Get(name); ok {
			names = append(names, name)
		}
	}
	return names
}
