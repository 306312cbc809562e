package gateway

import (
	"context"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"
	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/penstock-dev/penstock/runtime"
	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/test/harness"
)

// TestAttributesOfCode holds that middleware and hooks choose what attributes can, and that the
// document's attributes win.
func TestAttributesOfCode(t *testing.T) {
	const topics = "gravitee.attribute.kafka.producer.topics"
	const key = "gravitee.attribute.kafka.recordKey"
	op := operation("orders", post("balanced"))
	op.Publish = runtime.Typed(func(ctx context.Context, m *runtime.Message[purchase]) error {
		team, _ := runtime.Attribute(ctx, "team")
		m.Attributes.Set(key, team)
		if m.Payload.Count > 1 {
			m.Attributes.Set(topics, "shop-large, shop-middle")
		}
		return nil
	})
	op.Descriptor.Attributes = []endpoint.Attribute{{
		Name: key, Value: `"key of the document"`, Message: true, Source: "shop.yaml:7:3",
		Condition: "{#message.jsonContent.id == 'document'}",
	}}
	r := start(t, setup{
		brokers:    harness.Addresses(harness.Embedded(t, kfake.SeedTopics(1, "shop-small", "shop-middle", "shop-large"))),
		operations: ops(op),
		use: func(gw *runtime.Gateway) {
			gw.Use("shop", func(next echo.HandlerFunc) echo.HandlerFunc {
				return func(c echo.Context) error {
					ctx := c.Request().Context()
					if err := runtime.SetAttribute(ctx, "team", "blue"); err != nil {
						return err
					}
					if err := runtime.SetAttribute(ctx, topics, "shop-small"); err != nil {
						return err
					}
					return next(c)
				}
			})
		},
	})
	for _, test := range []struct{ body, topics string }{
		{`{"id":"a"}`, "shop-small"},
		{`{"id":"b","count":2}`, "shop-large shop-middle"},
		{`{"id":"document"}`, "shop-small"},
	} {
		answer := r.post(test.body)
		var landed []string
		records, _ := answer.JSON(t)["records"].([]any)
		for _, record := range records {
			receipt, _ := record.(map[string]any)
			topic, _ := receipt["topic"].(string)
			landed = append(landed, topic)
		}
		if got := strings.Join(landed, " "); got != test.topics {
			t.Errorf("%s: landed in %s, want %s (%s)", test.body, got, test.topics, answer.Body)
		}
	}
	r.topic = "shop-small"
	for i, want := range []string{"blue", "key of the document"} {
		if rec := r.read(2)[i]; string(rec.Key) != want {
			t.Errorf("record %d: got key %q, want %q", i, rec.Key, want)
		}
	}
}
