package validate_test

import (
	"github.com/penstock-dev/penstock/runtime/endpoint"
)

func intp(n int) *int { return &n }

// order is a typical schema of a message: what the generator makes of an order.
func order() *endpoint.Schema {
	money := &endpoint.Schema{Types: endpoint.Integer | endpoint.Number, Minimum: "0", Maximum: "1000000"}
	return &endpoint.Schema{
		Types:      endpoint.Object,
		Required:   []string{"id", "customer", "items", "createdAt"},
		Additional: &endpoint.Schema{Never: true},
		Properties: []endpoint.Property{
			{Name: "id", Schema: &endpoint.Schema{Types: endpoint.String, Format: "uuid"}},
			{Name: "customer", Schema: &endpoint.Schema{Ref: "Customer"}},
			{Name: "status", Schema: &endpoint.Schema{Types: endpoint.String, Enum: []endpoint.JSON{`"new"`, `"paid"`, `"sent"`}}},
			{Name: "createdAt", Schema: &endpoint.Schema{Types: endpoint.String, Format: "date-time"}},
			{Name: "items", Schema: &endpoint.Schema{Types: endpoint.Array, MinItems: 1, MaxItems: intp(100), Items: &endpoint.Schema{Ref: "Item"}}},
			{Name: "total", Schema: money},
			{Name: "note", Schema: &endpoint.Schema{Types: endpoint.String | endpoint.Null, MaxLength: intp(500)}},
			{Name: "labels", Schema: &endpoint.Schema{Types: endpoint.Object, Additional: &endpoint.Schema{Types: endpoint.String, MaxLength: intp(64)}}},
		},
		Defs: map[string]*endpoint.Schema{
			"Customer": {
				Types: endpoint.Object, Required: []string{"id", "email"},
				Properties: []endpoint.Property{
					{Name: "id", Schema: &endpoint.Schema{Types: endpoint.Integer, Minimum: "1"}},
					{Name: "email", Schema: &endpoint.Schema{Types: endpoint.String, Format: "email"}},
					{Name: "name", Schema: &endpoint.Schema{Types: endpoint.String, MinLength: 1, MaxLength: intp(100)}},
				},
			},
			"Item": {
				Types: endpoint.Object, Required: []string{"sku", "quantity", "price"}, Additional: &endpoint.Schema{Never: true},
				Properties: []endpoint.Property{
					{Name: "sku", Schema: &endpoint.Schema{Types: endpoint.String, Pattern: "^[A-Z]{3}-[0-9]{4,8}$"}},
					{Name: "quantity", Schema: &endpoint.Schema{Types: endpoint.Integer, Minimum: "1", Maximum: "999"}},
					{Name: "price", Schema: money},
					{Name: "gift", Schema: &endpoint.Schema{Types: endpoint.Boolean}},
				},
			},
		},
	}
}

// small is a valid order of 256 bytes, large one of about 1 KB.
const (
	small = `{"id":"0b6f5f6e-8d2c-4c53-9c7e-2f1a7f0f6b11","customer":{"id":4711,"email":"ada@example.org"},` +
		`"status":"new","createdAt":"2026-01-31T12:00:00Z","items":[{"sku":"ABC-12345","quantity":2,"price":19.99}],` +
		`"total":39.98,"note":"please ring at the door, twice"}`
	large = `{"id":"0b6f5f6e-8d2c-4c53-9c7e-2f1a7f0f6b11","customer":{"id":4711,"email":"ada@example.org","name":"Ada Lovelace"},` +
		`"status":"paid","createdAt":"2026-01-31T12:00:00.123456Z","items":[` +
		`{"sku":"ABC-12345","quantity":2,"price":19.99,"gift":false},{"sku":"ABC-12346","quantity":1,"price":5,"gift":true},` +
		`{"sku":"XYZ-9001","quantity":12,"price":0.99,"gift":false},{"sku":"XYZ-90012","quantity":3,"price":120.5,"gift":false},` +
		`{"sku":"KLM-555555","quantity":1,"price":1299.95,"gift":false},{"sku":"KLM-555556","quantity":7,"price":8.25,"gift":true}],` +
		`"total":1832.02,"note":"The bell is broken: please knock. Grüße aus München, leave it with the neighbour on the second floor if nobody answers, ` +
		`and do not put it behind the bins again, because the last one was taken away by the dustmen on a Friday morning.",` +
		`"labels":{"channel":"web","campaign":"winter-2026","locale":"de-DE","source":"newsletter","ab-test":"variant-b"}}`
)
