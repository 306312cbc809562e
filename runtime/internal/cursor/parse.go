package cursor

import (
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// MaxSize bounds the text of a cursor, in bytes, encoded or not.
const MaxSize = 64 << 10

// maxTopicName is the longest name that Kafka accepts.
const maxTopicName = 249

// malformed is what a client reads about a cursor that is none.
const malformed = `the cursor is malformed: want topic@partition#offset, plain or in base64`

var errTooLong = fmt.Errorf("longer than %d bytes", MaxSize)

// Parse reads a cursor as a client gave it: plain text, or its base64 in the standard alphabet,
// whose padding may be missing. The empty text is the zero cursor. Topics and partitions may
// stand in any order. Errors are CodeInvalidCursor.
func Parse(text string) (Cursor, error) {
	c, err := parse(text)
	if err != nil {
		return Cursor{}, &core.Error{Code: core.CodeInvalidCursor, Op: "parse cursor", Detail: malformed, Err: err}
	}
	return c, nil
}

func parse(text string) (Cursor, error) {
	if text == "" {
		return Cursor{}, nil
	}
	if len(text) > MaxSize {
		return Cursor{}, errTooLong
	}
	if !strings.ContainsAny(text, "@#") { // base64 has no such character, a plain cursor always
		plain, err := base64.RawStdEncoding.Strict().DecodeString(strings.TrimRight(text, "="))
		if err != nil {
			return Cursor{}, fmt.Errorf("neither plain nor base64: %w", err)
		}
		text = string(plain)
	}
	var topics []topic
	for part := range strings.SplitSeq(text, ";") {
		t, err := parseTopic(part)
		if err != nil {
			return Cursor{}, err
		}
		topics = append(topics, t)
	}
	slices.SortFunc(topics, byName)
	for i := 1; i < len(topics); i++ {
		if topics[i-1].name == "" || topics[i].name == "" {
			return Cursor{}, fmt.Errorf("%q stands beside topics", nothing)
		}
		if topics[i-1].endpoint == topics[i].endpoint && topics[i-1].name == topics[i].name {
			return Cursor{}, fmt.Errorf("topic %q stands twice", topics[i].name)
		}
	}
	return Cursor{topics}, nil
}

// byName is the order of topics in a cursor.
func byName(a, b topic) int {
	return cmp.Or(cmp.Compare(a.endpoint, b.endpoint), cmp.Compare(a.name, b.name))
}

func parseTopic(text string) (topic, error) {
	var t topic
	name, list, ok := strings.Cut(text, "@")
	if endpoint, rest, ok := strings.Cut(name, "!"); ok {
		if endpoint == "" {
			return t, errors.New("empty endpoint name")
		}
		t.endpoint, name = endpoint, rest
	}
	switch {
	case ok:
	case name == nothing:
		return t, nil
	default:
		return t, fmt.Errorf("no partitions in %q", text)
	}
	if !legalTopic(name) {
		return t, fmt.Errorf("illegal topic name %q", name)
	}
	t.name = name
	for part := range strings.SplitSeq(list, ",") {
		p, err := parsePartition(part)
		if err != nil {
			return t, err
		}
		t.partitions = append(t.partitions, p)
	}
	slices.SortFunc(t.partitions, func(a, b partition) int { return cmp.Compare(a.id, b.id) })
	for i := 1; i < len(t.partitions); i++ {
		if t.partitions[i-1].id == t.partitions[i].id {
			return t, fmt.Errorf("partition %d of topic %q stands twice", t.partitions[i].id, name)
		}
	}
	return t, nil
}

func parsePartition(text string) (partition, error) {
	number, offset, ok := strings.Cut(text, "#")
	if !ok {
		return partition{}, fmt.Errorf("no offset in %q", text)
	}
	id, err := parseNumber(number, 32)
	if err != nil {
		return partition{}, err
	}
	if offset == "-1" {
		return partition{int32(id), -1}, nil
	}
	at, err := parseNumber(offset, 64)
	if err != nil {
		return partition{}, err
	}
	if at+1 < 0 {
		return partition{}, fmt.Errorf("offset %q out of range", offset)
	}
	return partition{int32(id), at}, nil
}

// parseNumber reads digits as they are written canonically: no sign, no leading zero.
func parseNumber(text string, bits int) (int64, error) {
	if text == "" || text[0] < '0' || text[0] > '9' || (text[0] == '0' && len(text) > 1) {
		return 0, fmt.Errorf("illegal number %q", text)
	}
	n, err := strconv.ParseInt(text, 10, bits)
	if err != nil {
		return 0, fmt.Errorf("illegal number: %w", err)
	}
	return n, nil
}

// legalTopic applies Kafka's rule for topic names (org.apache.kafka.common.internals.Topic).
func legalTopic(name string) bool {
	if name == "" || name == "." || name == ".." || len(name) > maxTopicName {
		return false
	}
	for i := range len(name) {
		switch c := name[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '.', c == '_', c == '-':
		default:
			return false
		}
	}
	return true
}
