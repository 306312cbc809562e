package value

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sort"

	"github.com/penstock-dev/penstock/runtime/expr/internal/bounds"
)

// Limits of values.
const (
	maxDepth  = 64     // nesting of JSON that is read, and of lists that Go code has
	maxValues = 20_000 // values of a JSON text that is read
)

// OfJSON reads JSON text (RFC 8259): whole numbers of 64 bits stay whole, keys are sorted.
// More than 64 levels or 20,000 values are an error; errors never hold a part of the text.
func OfJSON(text []byte) (Value, error) {
	if !few(text) {
		return Value{}, fmt.Errorf("%w: JSON of more than %d values", bounds.Err, maxValues)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var decoded any
	if err := decoder.Decode(&decoded); err != nil {
		return Value{}, notJSON(err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return Value{}, errors.New("not JSON: text after the end of the value")
	}
	return fromJSON(decoded, 0)
}

// few says whether a JSON text has no more values than are read: decoded, a short one takes many
// times the bytes of its text.
func few(text []byte) bool {
	count, quoted := 1, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			quoted = !quoted
		case quoted && c == '\\':
			i++
		case !quoted && (c == ',' || c == '[' || c == '{'):
			count++
		}
	}
	return count <= maxValues
}

// notJSON says where a text is no JSON; the decoder's own words hold a part of it.
func notJSON(err error) error {
	var wrong *json.SyntaxError
	if errors.As(err, &wrong) {
		return fmt.Errorf("not JSON: byte %d is wrong", wrong.Offset)
	}
	return errors.New("not JSON: the text ends too early")
}

func fromJSON(decoded any, depth int) (Value, error) {
	if depth > maxDepth {
		return Value{}, fmt.Errorf("%w: JSON of more than %d levels", bounds.Err, maxDepth)
	}
	switch d := decoded.(type) {
	case bool:
		return OfBool(d), nil
	case string:
		return OfText(d), nil
	case json.Number:
		if i, err := d.Int64(); err == nil {
			return OfInt(i), nil
		}
		f, err := d.Float64()
		if err != nil {
			return Value{}, ErrBeyond
		}
		return OfFloat(f), nil
	case []any:
		list := make([]Value, len(d))
		for i, item := range d {
			v, err := fromJSON(item, depth+1)
			if err != nil {
				return Value{}, err
			}
			list[i] = v
		}
		return OfList(list), nil
	case map[string]any:
		return fromObject(d, depth)
	}
	return Value{}, nil
}

func fromObject(members map[string]any, depth int) (Value, error) {
	m := NewEntries()
	for k, item := range members {
		v, err := fromJSON(item, depth+1)
		if err != nil {
			return Value{}, err
		}
		m.Set(k, v)
	}
	sort.Strings(m.keys)
	return OfMap(m), nil
}
