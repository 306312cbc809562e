package entrypoints

import (
	"net/http/httptest"
	"testing"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// composing is a publication whose options cannot be computed, or make tombstones.
type composing struct{ tombstones bool }

func (c composing) Compose(rec *core.Record) error {
	if !c.tombstones {
		return core.NewError(core.CodeInvalidRequest, "no key")
	}
	rec.Value = nil
	return nil
}
func (composing) Address(*core.Record) ([]string, error) { return []string{"orders"}, nil }
func (composing) Sink() (qos.Sink, error)                { return nil, nil }
func (composing) EncodeIDs() bool                        { return true }
func (composing) IDPrefix() string                       { return "" }
func (composing) Release()                               {}

// TestBodiesAreCheckedFirst: what is wrong with a body comes before what cannot be made of it.
func TestBodiesAreCheckedFirst(t *testing.T) {
	p := &Publishing{CheckBody: func([]byte) []core.Violation { return []core.Violation{{Detail: "is not JSON"}} }}
	x := &exchange.Exchange{Request: httptest.NewRequestWithContext(t.Context(), "POST", "/", nil)}
	for _, c := range []struct {
		name string
		body string
		pub  composing
		want core.Code
	}{
		{"a body", "x", composing{}, core.CodeInvalidMessage},
		{"an empty body", "", composing{}, core.CodeInvalidRequest},
		{"a tombstone", "", composing{tombstones: true}, ""},
	} {
		if _, err := p.Ready(c.pub, x, &core.Record{Value: []byte(c.body)}, nil); core.CodeOf(err) != c.want {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}
