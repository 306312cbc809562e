package override

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
)

// values reads all attributes.
func values(a *core.Attributes) map[string]any {
	out := map[string]any{}
	for name, value := range a.All() {
		out[name] = value
	}
	return out
}

func raw(name, value, condition string) endpoint.Attribute {
	return endpoint.Attribute{Name: name, Value: endpoint.JSON(value), Condition: condition, Source: "orders.yaml:9:7"}
}

func TestAssignments(t *testing.T) {
	o := compile(t, given{object: object(``), attributes: []endpoint.Attribute{
		raw("text", `"eu-{#request.headers['x'][0]}"`, ""),
		raw("copy", `"{#context.attributes['text']}!"`, ""),
		raw("number", `12`, ""), raw("fraction", `1.5`, ""), raw("flag", `true`, ""),
		raw("list", `["a","{#request.params['t']}","{#request.headers['none']}"]`, ""),
		raw("typed", `"{#request.params['t']}"`, ""),
		raw("size", `"{(#request.params['t'].size())}"`, ""),
		raw("map", `"{({a: 1})}"`, ""),
		raw("yes", `"1"`, "{#request.method == 'GET'}"),
		raw("no", `"1"`, "{#request.method == 'POST'}"),
		raw("failing condition", `"1"`, "{#request.headers['none'][0] == 'x'}"),
		raw("no boolean", `"1"`, "{#request.method}"),
		raw("null", `"{#request.headers['none']}"`, ""),
		raw("empty", `"{#request.headers['e'][0]}"`, ""),
		raw("empty list", `["{#request.headers['none']}"]`, ""),
		raw("failing", `"{#request.headers['none'][0]}"`, ""),
		raw("twice", `"one"`, ""), raw("twice", `"two"`, ""), raw("twice", `"{#request.headers['none']}"`, ""),
		raw("own", `"{#request.headers['none']}"`, ""),
	}})
	x := request(t, "x: x", "e: ")
	x.Attributes.Set("own", "of the code")
	o.attributes.Request(x)
	want := map[string]any{
		"text": "eu-x", "copy": "eu-x!", "number": int64(12), "fraction": 1.5, "flag": true,
		"list": []any{"a", "a", "b"}, "typed": []any{"a", "b"}, "size": int64(2), "map": map[string]any{"a": int64(1)},
		"yes": "1", "twice": "two", "own": "of the code",
	}
	if diff := cmp.Diff(want, values(x.Attributes)); diff != "" {
		t.Error(diff)
	}
}

func TestAssignmentsOfMessages(t *testing.T) {
	o := compile(t, given{object: object(``), attributes: []endpoint.Attribute{
		set("tenant", "{#request.headers['x'][0]}"),
		perMessage("topic", "{#context.attributes['tenant']}-{#jsonPath(#message.content, '$.kind')}"),
		perMessage("after", "{#message.attributes['topic']}-{#message.attributes['hook']}-{#request.method}"),
	}})
	x := request(t, "x: eu")
	o.attributes.Request(x)
	for _, kind := range []string{"order", "refund"} {
		rec := &core.Record{Value: []byte(`{"kind":"` + kind + `"}`)}
		rec.Attributes.Set("hook", "h")
		o.attributes.Message(x, rec)
		want := map[string]any{"topic": "eu-" + kind, "after": "eu-" + kind + "-h-GET", "hook": "h"}
		if diff := cmp.Diff(want, values(&rec.Attributes)); diff != "" {
			t.Error(diff)
		}
	}
	if diff := cmp.Diff(map[string]any{"tenant": "eu"}, values(x.Attributes)); diff != "" {
		t.Error(diff)
	}
	none := compile(t, given{object: object(``), attributes: []endpoint.Attribute{set("tenant", "eu")}})
	rec := &core.Record{}
	if n := testing.AllocsPerRun(100, func() { none.attributes.Message(x, rec) }); n != 0 {
		t.Errorf("a message without assignments costs %v allocations", n)
	}
}

func TestDeprecatedNamesAreWarnedOfOnce(t *testing.T) {
	log, out := logged()
	compile(t, given{object: object(``), log: log, attributes: []endpoint.Attribute{
		set("gravitee.attribute.kafka.topics", "a"), set("gravitee.attribute.kafka.topics", "b"), set("gravitee.attribute.kafka.producer.topics", "c"),
	}})
	want := "level=WARN msg=\"deprecated attribute\" attribute=gravitee.attribute.kafka.topics place=orders.yaml:9:7 " +
		"write=\"gravitee.attribute.kafka.producer.topics or gravitee.attribute.kafka.consumer.topics\"\n"
	if out.String() != want {
		t.Errorf("got  %s\nwant %s", out, want)
	}
}

func TestSkippedAssignmentsAreLogged(t *testing.T) {
	log, out := logged()
	o := compile(t, given{object: object(``), log: log, attributes: []endpoint.Attribute{
		set("n", "{T(Integer).parseInt(#request.headers['Authorization'][0])}"),
		set("m", "{#request.headers['missing'][0]}"),
		raw("l", `["a","{#request.headers['missing'][0]}"]`, ""),
	}})
	x := request(t, "Authorization: Bearer s3cret")
	for range 50 {
		o.attributes.Request(x)
	}
	if strings.Contains(out.String(), "s3cret") {
		t.Error("what a client sent is logged")
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	want := []string{
		`level=WARN msg="attribute not set" attribute=n place=orders.yaml:9:7 error="character 13: the text is no whole number" not_logged=0`,
		`level=WARN msg="attribute not set" attribute=m place=orders.yaml:9:7 error="character 29: null has no items" not_logged=0`,
		`level=WARN msg="attribute not set" attribute=l place=orders.yaml:9:7 error="item 2: character 29: null has no items" not_logged=0`,
	}
	if diff := cmp.Diff(want, lines[:min(3, len(lines))]); diff != "" {
		t.Error(diff)
	}
}

func TestSkipsAreSampled(t *testing.T) {
	var s skips
	start := time.Unix(100, 0)
	logged := []string{}
	for _, after := range []time.Duration{0, 0, 500 * time.Millisecond, time.Second, 1200 * time.Millisecond, 3 * time.Second} {
		if silent, due := s.due(start.Add(after)); due {
			logged = append(logged, fmt.Sprintf("%v %d", after, silent))
		}
	}
	if diff := cmp.Diff([]string{"0s 0", "1s 2", "3s 1"}, logged); diff != "" {
		t.Error(diff)
	}
}

// topicsOf gives the topics of a request and a message with these attributes.
func topicsOf(o operation, request, message map[string]any, e *Endpoint) string {
	x := &exchange.Exchange{Attributes: &core.Attributes{}}
	for name, value := range request {
		x.Attributes.Set(name, value)
	}
	rec := &core.Record{}
	for name, value := range message {
		rec.Attributes.Set(name, value)
	}
	if e == nil {
		var err error
		if e, err = o.Evaluate(x); err != nil {
			return err.Error()
		}
	}
	producer, chosen, err := o.ProducerTopics(x, rec, e)
	if err != nil {
		return err.Error()
	}
	consumer, pattern, read, err := o.ConsumerTopics(x, e)
	if err != nil {
		return err.Error()
	}
	text := ""
	if pattern != nil {
		text = pattern.Text
	}
	return strings.TrimSuffix(fmt.Sprintln(producer, chosen, consumer, text, read), "\n")
}

func TestPrecedenceOfTopics(t *testing.T) {
	const (
		plural   = prefix + "producer.topics"
		singular = "gravitee.attribute.kafka.producer.topics"
		old      = "gravitee.attribute.kafka.topics"
		reads    = prefix + "consumer.topics"
		pattern  = prefix + "consumer.topicPattern"
		read     = "gravitee.attribute.kafka.consumer.topics"
	)
	o := compile(t, given{object: object(`"producer":{"topics":["p"]},"consumer":{"topics":["c"]}`)})
	none := compile(t, given{object: object(``)})
	type m = map[string]any
	for _, c := range []struct {
		name             string
		request, message m
		want, without    string // with topics in the object, and with none
	}{
		{"configuration", nil, nil, "[p] true [c]  true", "[] false []  false"},
		{"request, plural", m{plural: "1"}, nil, "[1] true [c]  true", "[1] true []  false"},
		{"request, old", m{plural: "1", old: "2"}, nil, "[2] true [2]  true", "[2] true [2]  true"},
		{"request, singular", m{plural: "1", old: "2", singular: "3"}, nil, "[3] true [2]  true", "[3] true [2]  true"},
		{"message, old", m{plural: "1", old: "2", singular: "3"}, m{old: "4"}, "[4] true [2]  true", "[4] true [2]  true"},
		{"message, singular", m{singular: "3"}, m{old: "4", singular: "5"}, "[5] true [c]  true", "[5] true []  false"},
		{"message, plural", m{singular: "3"}, m{old: "4", singular: "5", plural: "6"}, "[6] true [c]  true", "[6] true []  false"},
		{"reading, plural", m{reads: "1"}, nil, "[p] true [1]  true", "[] false [1]  true"},
		{"reading, old", m{reads: "1", old: "2"}, nil, "[2] true [2]  true", "[2] true [2]  true"},
		{"reading, singular", m{reads: "1", old: "2", read: "3"}, nil, "[2] true [3]  true", "[2] true [3]  true"},
		{"reading, pattern", m{pattern: "x.*"}, nil, "[p] true [] x.* true", "[] false [] x.* true"},
		{"reading, pattern and singular", m{pattern: "x.*", read: "3"}, nil, "[p] true [3]  true", "[] false [3]  true"},
		{"nothing is no choice", m{plural: "", old: ",, ", read: []string{}}, m{singular: " "}, "[p] true [c]  true", "[] false []  false"},
		{"text", m{old: " a, b ,,a,c "}, nil, "[a b c] true [a b c]  true", "[a b c] true [a b c]  true"},
		{"JSON", m{old: ` ["a", "b", "a"] `}, nil, "[a b] true [a b]  true", "[a b] true [a b]  true"},
		{"list", m{old: []any{" a", "b", "", "a"}}, nil, "[a b] true [a b]  true", "[a b] true [a b]  true"},
		{"texts", m{singular: []string{"a", "b"}}, nil, "[a b] true [c]  true", "[a b] true []  false"},
		{"number", m{singular: 12}, nil, "[12] true [c]  true", "[12] true []  false"},
		{"consumer.topics of a message is nothing", nil, m{read: "4", reads: "5"}, "[p] true [c]  true", "[] false []  false"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := topicsOf(o, c.request, c.message, nil); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			if got := topicsOf(none, c.request, c.message, nil); got != c.without {
				t.Errorf("no topics: got %s, want %s", got, c.without)
			}
		})
	}
	const bad = `evaluate configuration: FAILURE_CONFIGURATION_INVALID: attribute "gravitee.attribute.kafka.topics": `
	for value, want := range map[string]string{
		"__consumer_offsets": bad + `topic "__consumer_offsets" is internal to Kafka`,
		"a/b":                bad + `topic name "a/b" holds '/': only letters, digits, '.', '_' and '-' are allowed`,
		"a\r\nb":             bad + `topic name "a\r\nb" holds '\r': only letters, digits, '.', '_' and '-' are allowed`,
	} {
		if got := topicsOf(o, m{old: value}, nil, nil); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestTopicsOfStaticConfigurationsCostNothing(t *testing.T) {
	o := compile(t, given{object: object(`"producer":{"topics":["p"]}`)})
	x, rec, e := request(t), &core.Record{}, o.must(t)
	n := testing.AllocsPerRun(100, func() {
		if _, chosen, err := o.ProducerTopics(x, rec, e); !chosen || err != nil {
			t.Fatal(chosen, err)
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestGroup(t *testing.T) {
	const name = "gravitee.attribute.kafka.groupId"
	free := compile(t, given{object: object(``)})
	bound := compile(t, given{
		object: object(``), attributes: []endpoint.Attribute{set(name, "{#request.headers['x'][0]}")},
		allow: map[string][]string{"groupId": {"team-*", "__*", "*\r"}},
	})
	const invalid, refused = "evaluate configuration: FAILURE_CONFIGURATION_INVALID: attribute \"" + name + "\": ", "evaluate configuration: FAILURE_NOT_ALLOWED: groupId: "
	long := strings.Repeat("a", 250)
	for _, c := range []struct {
		value                 any
		want, invalid, denied string
	}{
		{"team-1", "team-1", "", ""},
		{int64(7), "7", "", `"7" is not allowed`},
		{"other", "other", "", `"other" is not allowed`},
		{"team a", "", `the id of the group "team a" holds other characters than letters, digits, '.', '_' and '-'`, "="},
		{"team\r\n", "", `the id of the group "team\r\n" holds other characters than letters, digits, '.', '_' and '-'`, "="},
		{long, "", "the id of the group is longer than 249 characters", "="},
		{long[:249], long[:249], "", `"` + long[:100] + `…" is not allowed`},
	} {
		x := request(t)
		x.Attributes.Set(name, c.value)
		id, chosen, err := free.Group(x)
		if c.invalid == "" {
			wants(t, err, "", "")
		} else {
			wants(t, err, core.CodeConfigurationInvalid, invalid+c.invalid)
		}
		if id != c.want || chosen != (c.want != "") {
			t.Errorf("%v: got %q, %v", c.value, id, chosen)
		}
		if c.denied == "=" {
			c.denied = c.invalid
		}
		_, _, err = bound.Group(x)
		if c.denied == "" {
			wants(t, err, "", "")
		} else {
			wants(t, err, core.CodeNotAllowed, refused+c.denied)
		}
	}
	if id, chosen, err := free.Group(request(t)); id != "" || chosen || err != nil {
		t.Errorf("nothing set: %q, %v, %v", id, chosen, err)
	}
}

func TestKey(t *testing.T) {
	const name = "gravitee.attribute.kafka.recordKey"
	o := compile(t, given{object: object(``)})
	for _, c := range []struct {
		request, message any
		want             string
		chosen           bool
	}{
		{nil, nil, "", false},
		{"r", nil, "r", true},
		{"r", "m", "m", true},
		{nil, []byte{0, 255}, "\x00\xff", true},
		{nil, int64(12), "12", true},
		{[]any{"a", "b"}, nil, "a,b", true},
	} {
		x, rec := request(t), &core.Record{}
		x.Attributes.Set(name, c.request)
		rec.Attributes.Set(name, c.message)
		key, chosen, err := o.Key(x, rec)
		if string(key) != c.want || chosen != c.chosen || err != nil {
			t.Errorf("%v, %v: got %q, %v, %v", c.request, c.message, key, chosen, err)
		}
	}
}
