package runtime

import (
	"context"
	"testing"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
)

func TestAttributes(t *testing.T) {
	known := &exchange.Known{}
	ctx := exchange.With(t.Context(), known)
	if err := SetAttribute(ctx, "gravitee.attribute.kafka.groupId", "team-1"); err != nil {
		t.Fatal(err)
	}
	if value, ok := Attribute(ctx, "kafka.groupId"); !ok || value != "team-1" {
		t.Errorf("got %v, %v", value, ok)
	}
	if value, ok := known.Attributes.Get("gravitee.attribute.kafka.groupId"); !ok || value != "team-1" {
		t.Errorf("the operation sees %v, %v", value, ok)
	}
	if err := SetAttribute(ctx, "gravitee.attribute.kafka.groupId", nil); err != nil {
		t.Fatal(err)
	}
	if value, ok := Attribute(ctx, "kafka.groupId"); ok {
		t.Errorf("a removed attribute is still %v", value)
	}
}

func TestAttributesOfNoRequest(t *testing.T) {
	err := SetAttribute(t.Context(), "region", "eu")
	const want = `attribute "region": the context is not of a request at an operation of the gateway`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if value, ok := Attribute(t.Context(), "region"); ok {
		t.Errorf("got %v", value)
	}
}

func TestPublishHookSetsAttributes(t *testing.T) {
	pipe := Typed(func(_ context.Context, m *Message[[]byte]) error {
		m.Attributes.Set("gravitee.attribute.kafka.recordKey", string(m.Payload))
		return nil
	})
	rec := &core.Record{Value: []byte("a")}
	if err := pipe.publish(t.Context(), nil, nil, rec); err != nil {
		t.Fatal(err)
	}
	if value, ok := rec.Attributes.Get("kafka.recordKey"); !ok || value != "a" {
		t.Errorf("the record has %v, %v", value, ok)
	}
}

func TestSubscribeHookHasNoAttributes(t *testing.T) {
	pipe := Typed(func(_ context.Context, m *Message[[]byte]) error {
		if m.Attributes != nil {
			t.Errorf("got %v: one result serves many readers", m.Attributes.Names())
		}
		return nil
	})
	if _, err := pipe.subscribe(t.Context(), &core.Record{Value: []byte("a")}); err != nil {
		t.Fatal(err)
	}
}
