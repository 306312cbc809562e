package validate_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/runtime/endpoint"
)

func headerSchema() *endpoint.Schema {
	return &endpoint.Schema{
		Types: endpoint.Object, Required: []string{"X-Tenant", "trace"}, Additional: &endpoint.Schema{Never: true},
		Properties: []endpoint.Property{
			{Name: "X-Tenant", Schema: &endpoint.Schema{Types: str, MinLength: 2}},
			{Name: "x-retries", Schema: &endpoint.Schema{Types: integer, Maximum: "5"}},
			{Name: "X-Test", Schema: &endpoint.Schema{Types: endpoint.Boolean}},
			{Name: "X-Level", Schema: &endpoint.Schema{Enum: []endpoint.JSON{"1", "2"}}},
			{Name: "X-Tags", Schema: &endpoint.Schema{Types: endpoint.Array, MaxItems: intp(3), Items: &endpoint.Schema{Types: integer}}},
			{Name: "trace", Schema: nil},
			{Name: "X-Either", Schema: &endpoint.Schema{OneOf: []*endpoint.Schema{{Types: integer}, {Types: endpoint.Boolean}}}},
		},
	}
}

var requests = []struct {
	headers http.Header
	want    []string
}{
	{http.Header{"X-Tenant": {"ab"}, "Trace": {"1"}}, nil},
	{http.Header{"X-Tenant": {"12"}, "Trace": {""}, "X-Retries": {"3"}, "X-Test": {"true"}, "X-Level": {"2"}, "User-Agent": {"x"}}, nil},
	{http.Header{"X-Tenant": {"a", "b"}, "Trace": {"\xff\"\\\x01"}, "X-Tags": {"1, 2", "3"}, "X-Either": {"false"}}, nil},
	{http.Header{}, []string{"/headers/X-Tenant: header is missing", "/headers/trace: header is missing"}},
	{http.Header{"X-Tenant": {"a"}, "Trace": {"1"}, "X-Retries": {"6"}, "X-Test": {"yes"}, "X-Level": {"3"}, "X-Tags": {"1,x"}, "X-Either": {"x"}}, []string{
		"/headers/X-Either: must match exactly one of 2 alternatives, but matches none",
		"/headers/X-Level: must be one of 1, 2",
		"/headers/X-Tags/1: must be an integer, not a string",
		"/headers/X-Tenant: must have at least 2 characters",
		"/headers/X-Test: must be a boolean, not a string",
		"/headers/x-retries: must be at most 5",
	}},
	{http.Header{"X-Tenant": {"ab"}, "Trace": {"1"}, "X-Tags": {"1,2,3,4"}, "X-Retries": {"1.5"}}, []string{
		"/headers/X-Tags: must have at most 3 items",
		"/headers/x-retries: must be an integer, not a number with a fraction",
	}},
}

func TestHeaders(t *testing.T) {
	v := compile(t, headerSchema())
	fallback := compile(t, &endpoint.Schema{JSON: endpoint.JSON(schemaText(headerSchema()))})
	for _, r := range requests {
		if diff := cmp.Diff(r.want, sorted(v.CheckHeaders(r.headers))); diff != "" {
			t.Errorf("%v (-want +got):\n%s", r.headers, diff)
		}
		// The fallback reads no types from alternatives and enumerations: those stay texts.
		if _, alternative := r.headers["X-Either"]; alternative || r.headers["X-Level"] != nil {
			continue
		}
		if diff := cmp.Diff(r.want, sorted(fallback.CheckHeaders(r.headers))); diff != "" {
			t.Errorf("%v by the fallback (-want +got):\n%s", r.headers, diff)
		}
	}
}
