package topics

import (
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
)

func TestCheck(t *testing.T) {
	long := strings.Repeat("x", 249)
	for name, want := range map[string]string{
		"orders": "", "a.b_c-D9": "", "...": "", long: "",
		"":         `topic name is empty`,
		".":        `topic name "." is not allowed`,
		"..":       `topic name ".." is not allowed`,
		long + "x": `topic name is longer than 249 characters`,
		"a/b":      `topic name "a/b" holds '/': only letters, digits, '.', '_' and '-' are allowed`,
		"größe":    `topic name "größe" holds 'ö': only letters, digits, '.', '_' and '-' are allowed`,
	} {
		got := ""
		if err := Check(name); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}

func TestInternal(t *testing.T) {
	for name, want := range map[string]bool{"__consumer_offsets": true, "__x": true, "_schemas": false, "a__b": false} {
		if got := Internal(name); got != want {
			t.Errorf("%q: got %v, want %v", name, got, want)
		}
	}
}

func TestFill(t *testing.T) {
	regional := endpoint.Topic{
		Template: "orders.{region}.{shop}",
		Params:   []endpoint.Param{{Name: "region", Enum: []string{"eu", "us.east"}}, {Name: "shop"}},
		Defaults: map[string]string{"region": "eu"},
	}
	whole := endpoint.Topic{Template: "{name}", Params: []endpoint.Param{{Name: "name"}}}
	wide := endpoint.Topic{Template: strings.Repeat("x", 240) + "{name}", Params: whole.Params}
	tests := []struct {
		topic  endpoint.Topic
		params map[string]string
		want   string
		detail string
	}{
		{endpoint.Topic{Template: "orders"}, nil, "orders", ""},
		{regional, map[string]string{"region": "us.east", "shop": "a-1"}, "orders.us.east.a-1", ""},
		{regional, map[string]string{"shop": "a_1"}, "orders.eu.a_1", ""},
		{regional, map[string]string{"region": "asia", "shop": "a"}, "", `path parameter "region" is not one of eu, us.east`},
		{regional, map[string]string{"region": "", "shop": "a"}, "", `path parameter "region" is not one of eu, us.east`},
		{regional, nil, "", `path parameter "shop" is missing`},
		{regional, map[string]string{"shop": "a.b"}, "", `path parameter "shop" does not match [A-Za-z0-9_-]{1,64}`},
		{regional, map[string]string{"shop": ""}, "", `path parameter "shop" does not match [A-Za-z0-9_-]{1,64}`},
		{regional, map[string]string{"shop": strings.Repeat("x", 65)}, "", `path parameter "shop" does not match [A-Za-z0-9_-]{1,64}`},
		{whole, map[string]string{"name": "__consumer_offsets"}, "", `topic "__consumer_offsets" is internal to Kafka`},
		{wide, map[string]string{"name": strings.Repeat("y", 20)}, "", `topic name is longer than 249 characters`},
	}
	for _, tt := range tests {
		template, err := Parse(tt.topic)
		if err != nil {
			t.Errorf("%s: %v", tt.topic.Template, err)
			continue
		}
		names, err := template.Fill(tt.params)
		if tt.detail != "" {
			want := "FAILURE_INVALID_REQUEST: " + tt.detail
			if err == nil || err.Error() != want || core.CodeOf(err) != core.CodeInvalidRequest {
				t.Errorf("%s %v: got %v, want %s", tt.topic.Template, tt.params, err, want)
			}
			continue
		}
		if err != nil || len(names) != 1 || names[0] != tt.want {
			t.Errorf("%s %v: got %v, %v, want %s", tt.topic.Template, tt.params, names, err, tt.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for template, want := range map[string]string{
		"orders.{region}": `topic "orders.{region}": parameter "region" is not declared`,
		"orders.{region":  `topic "orders.{region": "{region" is not closed`,
		"a b":             `topic name "a b" holds ' ': only letters, digits, '.', '_' and '-' are allowed`,
		"__offsets":       `topic "__offsets" is internal to Kafka`,
		"":                `topic name is empty`,
	} {
		_, err := Parse(endpoint.Topic{Template: template})
		if err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", template, err, want)
		}
	}
}

func BenchmarkFill(b *testing.B) {
	template, err := Parse(endpoint.Topic{Template: "orders.{region}", Params: []endpoint.Param{{Name: "region"}}})
	if err != nil {
		b.Fatal(err)
	}
	params := map[string]string{"region": "eu"}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := template.Fill(params); err != nil {
			b.Fatal(err)
		}
	}
}
