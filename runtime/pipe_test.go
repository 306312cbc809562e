package runtime

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

type order struct {
	ID    string `json:"id"`
	Count int    `json:"count"`
	Lines []struct {
		SKU string `json:"sku"`
	} `json:"lines,omitempty"`
}

func publish(t *testing.T, p Pipe, value []byte) (*core.Record, error) {
	t.Helper()
	rec := &core.Record{Key: []byte("k"), Value: value}
	err := p.publish(t.Context(), &http.Request{Method: http.MethodPost}, map[string]string{"region": "eu"}, rec)
	return rec, err
}

func TestNilHookIsANilPipe(t *testing.T) {
	if p := Typed[order](nil); p != nil {
		t.Errorf("got %v, want nil: bytes pass undecoded", p)
	}
}

func TestUnchangedPayloadKeepsItsBytes(t *testing.T) {
	const text = `{ "count": 2, "id": "a", "unknown": true }`
	p := Typed(func(_ context.Context, m *Message[order]) error {
		if m.Payload.ID != "a" || m.Params["region"] != "eu" || m.Request.Method != http.MethodPost || string(m.Key) != "k" {
			t.Errorf("the hook sees %+v", m)
		}
		m.Headers = append(m.Headers, Header{Name: "seen", Value: []byte("yes")})
		return nil
	})
	rec, err := publish(t, p, []byte(text))
	if err != nil || string(rec.Value) != text || len(rec.Headers) != 1 {
		t.Errorf("got %s %v %v", rec.Value, rec.Headers, err)
	}
}

func TestChangedPayloadIsEncodedAgain(t *testing.T) {
	p := Typed(func(_ context.Context, m *Message[order]) error {
		m.Payload.Count++
		m.Key = []byte(m.Payload.ID)
		return nil
	})
	rec, err := publish(t, p, []byte(`{"id":"a","count":2}`))
	if err != nil || string(rec.Value) != `{"id":"a","count":3}` || string(rec.Key) != "a" {
		t.Errorf("got %s with key %s, %v", rec.Value, rec.Key, err)
	}
}

func TestRawPayload(t *testing.T) {
	in := []byte("plain text")
	p := Typed(func(_ context.Context, m *Message[[]byte]) error {
		m.Payload[0] = 'P'
		return nil
	})
	rec, err := publish(t, p, in)
	if err != nil || string(rec.Value) != "Plain text" || string(in) != "plain text" {
		t.Errorf("got %q from %q, %v", rec.Value, in, err)
	}
	empty, err := publish(t, Typed(func(context.Context, *Message[[]byte]) error { return nil }), []byte{})
	if err != nil || empty.Value == nil {
		t.Errorf("an empty payload became a tombstone, %v", err)
	}
}

func TestTombstones(t *testing.T) {
	read := &core.Record{Topic: "t", Value: nil}
	seen := Typed(func(_ context.Context, m *Message[order]) error {
		if !m.Tombstone || !reflect.DeepEqual(m.Payload, order{}) {
			t.Errorf("the hook sees %+v", m)
		}
		return nil
	})
	if out, err := seen.subscribe(t.Context(), read); err != nil || out.Value != nil {
		t.Errorf("got %v, %v", out, err)
	}
	made := Typed(func(_ context.Context, m *Message[order]) error {
		m.Tombstone = true
		return nil
	})
	if rec, err := publish(t, made, []byte(`{"id":"a"}`)); err != nil || rec.Value != nil {
		t.Errorf("got %v, %v", rec, err)
	}
	filled := Typed(func(_ context.Context, m *Message[order]) error {
		m.Tombstone, m.Payload.ID = false, "was deleted"
		return nil
	})
	if out, err := filled.subscribe(t.Context(), read); err != nil || string(out.Value) != `{"id":"was deleted","count":0}` {
		t.Errorf("got %v, %v", out, err)
	}
}

func TestPublishErrors(t *testing.T) {
	own := NewError("SOLD_OUT", "no more of it")
	for _, test := range []struct {
		name, body string
		hook       func() error
		code       Code
		want       string
	}{
		{"plain error", `{}`, func() error { return errors.New("id is missing") }, core.CodeRefusedByHook, "publish hook: FAILURE_MESSAGE_REFUSED: id is missing: id is missing"},
		{"coded error", `{}`, func() error { return own }, "SOLD_OUT", "SOLD_OUT: no more of it"},
		{"panic", `{}`, func() error { panic("oh") }, core.CodeInternal, "publish hook: FAILURE_INTERNAL: hook panicked: oh\n"},
		{"wrong type", `{"lines":[{"sku":3}]}`, nil, core.CodeInvalidMessage, "decode: FAILURE_INVALID_MESSAGE: json: cannot unmarshal"},
		{"not JSON", `{`, nil, core.CodeInvalidMessage, "decode: FAILURE_INVALID_MESSAGE: unexpected end of JSON input"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := Typed(func(context.Context, *Message[order]) error { return test.hook() })
			rec, err := publish(t, p, []byte(test.body))
			if CodeOf(err) != test.code || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("got %v, want %s…", err, test.want)
			}
			if string(rec.Value) != test.body {
				t.Errorf("the record was changed to %s", rec.Value)
			}
		})
	}
}

func TestViolationsOfAPayloadThatDoesNotFit(t *testing.T) {
	p := Typed(func(context.Context, *Message[order]) error { return nil })
	for body, want := range map[string]core.Violation{
		`{"lines":[{"sku":3}]}`: {Pointer: "/lines/sku", Detail: "number does not fit here"},
		`{"count":1.5}`:         {Pointer: "/count", Detail: "number 1.5 does not fit here"},
		`[`:                     {Detail: "not JSON"},
	} {
		_, err := publish(t, p, []byte(body))
		var e *Error
		if !errors.As(err, &e) || len(e.Violations) != 1 || e.Violations[0] != want {
			t.Errorf("%s: got %+v, want %+v", body, e, want)
		}
	}
}

func TestSubscribe(t *testing.T) {
	read := core.Record{
		Topic: "t", Partition: 2, Offset: 7, Key: []byte("k"), Value: []byte(`{"id":"a","count":1}`),
		Headers: []core.Header{{Name: "h", Value: []byte("v")}},
	}
	kept := read
	change := Typed(func(_ context.Context, m *Message[order]) error {
		if m.Topic != "t" || m.Partition != 2 || m.Offset != 7 || m.Request != nil {
			t.Errorf("the hook sees %+v", m)
		}
		m.Payload.Count, m.Key[0], m.Headers[0].Name = 9, 'K', "H"
		m.Headers[0].Value[0] = 'V'
		return nil
	})
	out, err := change.subscribe(t.Context(), &read)
	if err != nil || string(out.Value) != `{"id":"a","count":9}` || string(out.Key) != "K" || out.Headers[0].Name != "H" || out.Offset != 7 {
		t.Errorf("got %+v, %v", out, err)
	}
	if !reflect.DeepEqual(read, kept) || string(read.Key)+string(read.Headers[0].Value) != "kv" {
		t.Errorf("the shared record was changed: %+v", read)
	}
	for _, test := range []struct {
		value string
		hook  func() error
		want  string
	}{
		{`{}`, func() error { return Skip }, "skip this record"},
		{`{}`, func() error { return errors.New("broken") }, "subscribe hook: FAILURE_INTERNAL: broken"},
		{`{}`, func() error { panic("oh") }, "subscribe hook: FAILURE_INTERNAL: hook panicked: oh\n"},
		{`x`, nil, "subscribe hook: FAILURE_INTERNAL: decode t@2#7: invalid character 'x'"},
	} {
		rec := core.Record{Topic: "t", Partition: 2, Offset: 7, Value: []byte(test.value)}
		_, err := Typed(func(context.Context, *Message[order]) error { return test.hook() }).subscribe(t.Context(), &rec)
		if err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("got %v, want %s…", err, test.want)
		}
	}
}

func TestRawJSONIsNotDecoded(t *testing.T) {
	p := Typed(func(_ context.Context, m *Message[json.RawMessage]) error {
		if string(m.Payload) != `{"a":1}` {
			t.Errorf("the hook sees %s", m.Payload)
		}
		return nil
	})
	if rec, err := publish(t, p, []byte(`{"a":1}`)); err != nil || string(rec.Value) != `{"a":1}` {
		t.Errorf("got %s, %v", rec.Value, err)
	}
}

func BenchmarkPublishHook(b *testing.B) {
	p := Typed(func(context.Context, *Message[order]) error { return nil })
	value := []byte(`{"id":"a","count":2,"lines":[{"sku":"x"}]}`)
	b.ReportAllocs()
	for b.Loop() {
		rec := core.Record{Value: value}
		if err := p.publish(context.Background(), nil, nil, &rec); err != nil {
			b.Fatal(err)
		}
	}
}
