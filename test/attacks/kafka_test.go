package attacks

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/test/harness"
)

// TestCursorForging: a cursor that the operation has not given moves nobody to another topic, and
// a malformed one is refused before anything is read.
func TestCursorForging(t *testing.T) {
	r := start(t, "", orders("none"))
	r.produce("orders", `{"id":"a"}`)
	r.produce("secrets", `{"id":"secret"}`)
	encode := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	for name, cursor := range map[string]string{
		"another topic":       encode("secrets@0#-1"),
		"another topic too":   encode("orders@0#-1;secrets@0#-1"),
		"internal topic":      encode("__consumer_offsets@0#0"),
		"unknown partition":   encode("orders@7#0"),
		"negative partition":  encode("orders@-1#0"),
		"beyond the end":      encode("orders@0#999"),
		"below the beginning": encode("orders@0#-2"),
		"overflow":            encode("orders@0#9223372036854775807"),
		"more than a number":  encode("orders@0#99999999999999999999999"),
		"another endpoint":    encode("other!orders@0#0"),
		"same partition":      encode("orders@0#-1,0#-1"),
		"text":                "orders",
		"line break":          encode("orders@0#0\r\nSet-Cookie: a=b"),
		"long":                encode("orders@" + strings.Repeat("0#0,", 20_000) + "0#0")[:20_000],
	} {
		t.Run(name, func(t *testing.T) {
			got := r.Do("GET", "/orders?cursor="+url.QueryEscape(cursor), "", "Accept: application/json")
			if got.Status != 400 || !strings.Contains(got.Body, `"FAILURE_INVALID_CURSOR"`) || strings.Contains(got.Body, "secret\"") {
				t.Errorf("got %d %s", got.Status, got.Body)
			}
			if got := r.Do("GET", "/orders", "", "Accept: text/event-stream", "Last-Event-ID: "+strings.NewReplacer("\r", "", "\n", "").Replace(cursor)); got.Status != 400 {
				t.Errorf("as Last-Event-ID: got %d %s", got.Status, got.Body)
			}
		})
	}
}

// TestGroupHijack: nobody gets into the consumer group of another caller, by no name.
func TestGroupHijack(t *testing.T) {
	r := start(t, keysConfig, orders("at-least-once", endpoint.Requirement{keyScheme}, endpoint.Requirement{}))
	r.produce("orders", `{"id":"a"}`)
	pull := func(headers ...string) string {
		t.Helper()
		got := r.Do("GET", "/orders", "", append([]string{"Accept: application/json"}, headers...)...)
		got.Want(t, 200)
		return got.Body
	}
	const first = `"content":{"id":"a"}`
	getsFirst := func(headers ...string) {
		t.Helper()
		harness.Eventually(t, fmt.Sprintf("the message for %q", headers), func() bool { return strings.Contains(pull(headers...), first) })
	}
	getsFirst("X-Key: "+annKey, "X-Client-Identifier: shop")
	if got := pull("X-Key: "+annKey, "X-Client-Identifier: shop"); strings.Contains(got, first) {
		t.Errorf("ann got the message twice: %s", got)
	}
	hash := hashOf("ann")[:16]
	for _, headers := range [][]string{
		{"X-Key: " + bobKey, "X-Client-Identifier: shop"},
		{"X-Client-Identifier: shop"},
		{"X-Client-Identifier: " + hash + ".shop"},
		{"X-Client-Identifier: shop", "X-Forwarded-For: ann", "X-Subject: ann"},
	} {
		if headers[0] == "X-Client-Identifier: shop" && len(headers) > 1 {
			continue // the same group as before, on purpose: an anonymous caller of one address
		}
		getsFirst(headers...) // a group of its own, not that of somebody else
	}
	for _, bad := range []string{"a b", "../shop", "shop\x00", strings.Repeat("a", 65), "é"} {
		r.Do("GET", "/orders?X-Client-Identifier="+url.QueryEscape(bad), "", "Accept: application/json", "X-Key: "+bobKey).WantProblem(t, 400, "FAILURE_INVALID_REQUEST")
	}
	ctx, cancel := context.WithTimeout(t.Context(), harness.Patience)
	defer cancel()
	groups, err := kadm.NewClient(r.kafka).ListGroups(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range groups.Groups() {
		if !strings.HasPrefix(group, "shop.orders.") || strings.Contains(group, "ann") {
			t.Errorf("group %q", group)
		}
	}
	if len(groups) != 4 {
		t.Errorf("groups %v, want those of ann, of bob, and of two names of nobody", groups.Groups())
	}
}

// TestTopicEscapeThroughAParameter: a path parameter fills its place in a topic's name and never
// leaves it.
func TestTopicEscapeThroughAParameter(t *testing.T) {
	op := orders("none")
	op.Descriptor.Topic = endpoint.Topic{Template: "orders.{region}", Params: []endpoint.Param{{Name: "region"}}}
	for i := range op.Descriptor.Entrypoints {
		op.Descriptor.Entrypoints[i].Path = "/orders/{region}"
		op.Descriptor.Entrypoints[i].Params = []endpoint.Param{{Name: "region"}}
	}
	r := start(t, "", op)
	ctx, cancel := context.WithTimeout(t.Context(), harness.Patience)
	defer cancel()
	admin := kadm.NewClient(r.kafka)
	if err := harness.CreateTopics(ctx, admin, 1, "orders.eu", "orders.eu.secret"); err != nil {
		t.Fatal(err)
	}
	send := func(segment string) harness.Answer {
		return r.Do("POST", "/orders/"+segment, `{"id":"a"}`, "Content-Type: application/json")
	}
	send("eu").Want(t, 202)
	for _, segment := range []string{
		"eu.secret", "eu%2Esecret", "eu%2esecret", "..%2fsecrets", "%2e%2e", "eu%00", "eu%0d%0a", "eu,secrets", "eu;secrets",
		"eu%20", "%7Bregion%7D", "%23%7B1%7D", "*", ".*", "eu%2Fx", "%C3%A9", strings.Repeat("a", 65), "%25%32%65",
	} {
		if got := send(segment); got.Status != 400 && got.Status != 404 {
			t.Errorf("%q: got %d %s", segment, got.Status, got.Body)
		}
		if got := r.Do("GET", "/orders/"+segment, "", "Accept: text/event-stream"); got.Status != 400 && got.Status != 404 {
			t.Errorf("stream of %q: got %d %s", segment, got.Status, got.Body)
		}
	}
	for topic, want := range map[string]int64{"orders.eu": 1, "orders.eu.secret": 0, "secrets": 0, "orders": 0} {
		if n := r.written(topic); n != want {
			t.Errorf("topic %s has %d records, want %d", topic, n, want)
		}
	}
}
