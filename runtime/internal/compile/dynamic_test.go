package compile

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

const (
	producerTopics = "gravitee.attribute.kafka.producer.topics"
	consumerTopics = "gravitee.attribute.kafka.consumer.topics"
	groupID        = "gravitee.attribute.kafka.groupId"
	recordKey      = "gravitee.attribute.kafka.recordKey"
	configured     = "gravitee.attributes.endpoint.kafka."
)

// assign gives a descriptor attributes "name", "value"; a name that begins with "*" is computed for
// each message.
func assign(d *endpoint.Descriptor, pairs ...string) {
	for i := 0; i < len(pairs); i += 2 {
		name, message := strings.CutPrefix(pairs[i], "*")
		d.Attributes = append(d.Attributes, endpoint.Attribute{
			Name: name, Message: message, Value: endpoint.JSON(`"` + pairs[i+1] + `"`), Source: "orders.yaml:20:5",
		})
	}
	d.Allow = map[string][]string{
		"producer.topics": {"eu-*"}, "consumer.topics": {"eu-*"}, "consumer.topicPattern": {"eu-*"}, "groupId": {"team-*"}, "bootstrapServers": {"b:*"},
	}
}

func TestTopicsByAttributes(t *testing.T) {
	const header = "{#request.headers['X-Topic']}"
	const content = "{#message.jsonContent.topic}"
	for _, test := range []struct {
		name       string
		attributes []string
		code       func(*core.Attributes, *core.Attributes) // of middleware and of a hook
		want       string
	}{
		{"of the request", []string{producerTopics, header}, nil, "eu-header"},
		{"override", []string{configured + "producer.topics", header}, nil, "eu-header"},
		{"of the message", []string{producerTopics, header, "*" + producerTopics, content}, nil, "eu-content"},
		{"several", []string{"*" + producerTopics, content + ", eu-b,eu-a, eu-b"}, nil, "eu-content eu-b eu-a"},
		{"nothing is chosen", []string{producerTopics, "{#request.headers['none']}"}, nil, "orders"},
		{"middleware", nil, func(request, _ *core.Attributes) { request.Set(producerTopics, "free") }, "free"},
		{"hook", nil, func(_, message *core.Attributes) { message.Set(producerTopics, []any{"free", "too"}) }, "free too"},
		{
			"the document wins over the hook",
			[]string{"*" + producerTopics, content},
			func(_, message *core.Attributes) { message.Set(producerTopics, "free") }, "eu-content",
		},
		{"not allowed", []string{producerTopics, "us-{#request.method}"}, nil, `403 producer.topics: "us-POST" is not allowed`},
		{"not allowed for the message", []string{"*" + producerTopics, "us-{#message.jsonContent.topic}"}, nil, `403 producer.topics: "us-eu-content" is not allowed`},
		{"internal", []string{producerTopics, "__{#request.method}"}, nil, `403 producer.topics: topic "__POST" is internal to Kafka`},
		{"internal by middleware", nil, func(request, _ *core.Attributes) { request.Set(producerTopics, "__x") }, "500 "},
	} {
		t.Run(test.name, func(t *testing.T) {
			op, _ := publisher(t, `{}`, func(d *endpoint.Descriptor) { assign(d, test.attributes...) })
			x, rec := sent(`{"topic":"eu-content"}`, "X-Topic", "eu-header")
			if test.code != nil {
				test.code(x.Attributes, &rec.Attributes)
			}
			var names []string
			pub, err := op.Publish.Prepare(x, endpoint.Balanced)
			if err == nil {
				names, err = pub.Address(rec)
			}
			got := strings.Join(names, " ")
			var coded *core.Error
			if errors.As(err, &coded) {
				got = map[int]string{403: "403 ", 500: "500 "}[coded.Code.Status()] + coded.Detail
			}
			if got != test.want {
				t.Errorf("got %q, %v, want %q", got, err, test.want)
			}
		})
	}
}

func TestKeyByAttributes(t *testing.T) {
	for _, test := range []struct {
		name, config string
		attributes   []string
		want         string
	}{
		{"of the request", `{}`, []string{recordKey, "{#request.headers['X-Key'][0]}"}, "k1"},
		{"of the message", `{}`, []string{recordKey, "r", "*" + recordKey, "{#message.jsonContent.id}"}, "7"},
		{"over the option", `{"key":"option"}`, []string{recordKey, "attribute"}, "attribute"},
		{"nothing", `{"key":"option"}`, []string{recordKey, "{#request.headers['none']}"}, "option"},
	} {
		op, _ := publisher(t, endpoint.JSON(test.config), func(d *endpoint.Descriptor) { assign(d, test.attributes...) })
		x, rec := sent(`{"id":7}`, "X-Key", "k1")
		if err := compose1(t, op, x, rec); err != nil || string(rec.Key) != test.want {
			t.Errorf("%s: got key %q, %v, want %q", test.name, rec.Key, err, test.want)
		}
	}
}

func TestTopicsOfMessagesOnly(t *testing.T) {
	op, _ := publisher(t, `{}`, func(d *endpoint.Descriptor) {
		d.Topic = endpoint.Topic{}
		assign(d, "*"+producerTopics, "{#message.jsonContent.topic}")
	})
	x, rec := sent(`{"topic":"eu-a"}`)
	if err := compose1(t, op, x, rec); err != nil {
		t.Error(err)
	}
	x, rec = sent(`{}`)
	err := compose1(t, op, x, rec)
	const want = `configure: FAILURE_CONFIGURATION_INVALID: endpoint "default": neither attributes nor the configuration name a topic`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func subscriber(t *testing.T, c Clients, change func(*endpoint.Descriptor)) func(*core.Attributes, ...string) (qos.Stream, error) {
	t.Helper()
	d := descriptor()
	d.Topic = endpoint.Topic{Template: "orders"}
	d.Entrypoints = []endpoint.Entrypoint{{Kind: endpoint.SSE, Method: http.MethodGet, Path: "/orders", Config: `{"qos":"at-best"}`}}
	change(&d)
	op := mount(t, d, c, "")
	return func(set *core.Attributes, headers ...string) (qos.Stream, error) {
		x, _ := sent("", headers...)
		if set != nil {
			x.Attributes = set
		}
		opened, err := op.Subscribe.Open(t.Context(), x, qos.Reading{Kind: endpoint.SSE, Level: endpoint.AtBest})
		if err != nil {
			return nil, err
		}
		return opened.Stream, nil
	}
}

func TestReadingByAttributes(t *testing.T) {
	c := &clients{stream: idle{}}
	start := subscriber(t, c, func(d *endpoint.Descriptor) {
		assign(d, consumerTopics, "{#request.headers['X-Topic']?.[0]}", groupID, "{#request.headers['X-Group']}",
			configured+"consumer.autoOffsetReset", "{#request.headers['X-Reset']}",
			configured+"consumer.removeConfluentHeader", "{#request.headers['X-Strip']}",
			configured+"consumer.topicPattern", "{#request.headers['X-Pattern']}")
	})
	open := func(set *core.Attributes, headers ...string) error {
		s, err := start(set, headers...)
		if err == nil {
			err = s.Close(context.Background())
		}
		return err
	}
	if err := open(nil); err != nil {
		t.Fatal(err)
	}
	first := c.reading
	if !slices.Equal(first.Topics, []string{"orders"}) || first.Reset != qos.Latest || first.Group != "orders.placeOrder.e3b0c44298fc1c14" || first.Transform == nil {
		t.Errorf("without attributes the reading is %+v", first)
	}
	if err := open(nil, "X-Topic", "eu-b, eu-a,eu-b", "X-Group", "team-1", "X-Reset", "earliest", "X-Strip", "false"); err != nil {
		t.Fatal(err)
	}
	if r := c.reading; !slices.Equal(r.Topics, []string{"eu-a", "eu-b"}) || r.Reset != qos.Earliest || r.Group != "team-1" || r.Transform != nil {
		t.Errorf("with attributes the reading is %+v", r)
	}
	if err := open(nil, "X-Pattern", "eu-[ab]"); err != nil {
		t.Fatal(err)
	}
	if r := c.reading; r.Pattern == nil || !r.Pattern.Match("eu-a") || r.Pattern.Match("eu-c") || len(r.Topics) > 0 || r.Transform != first.Transform {
		t.Errorf("with a pattern the reading is %+v", r)
	}
	for _, test := range []struct{ header, value, want string }{
		{"X-Topic", "us-a", `evaluate configuration: FAILURE_NOT_ALLOWED: consumer.topics: "us-a" is not allowed`},
		{"X-Group", "other", `evaluate configuration: FAILURE_NOT_ALLOWED: groupId: "other" is not allowed`},
		{"X-Pattern", "us-.*", `evaluate configuration: FAILURE_NOT_ALLOWED: consumer.topicPattern: "us-.*" is not allowed`},
	} {
		if err := open(nil, test.header, test.value); err == nil || err.Error() != test.want {
			t.Errorf("%s: got %v, want %s", test.header, err, test.want)
		}
	}
	if err := open(nil, "X-Reset", "sometimes"); core.CodeOf(err) != core.CodeConfigurationInvalid {
		t.Errorf("a value that the schema refuses: got %v", err)
	}
	if c.held != 1 {
		t.Errorf("the cluster is held %d times, want once, from the start on", c.held)
	}
}

func TestSidesThatAttributesSwitch(t *testing.T) {
	open := subscriber(t, &clients{stream: idle{}}, func(d *endpoint.Descriptor) {
		assign(d, configured+"consumer.enabled", "{#request.headers['X-Enabled']}")
	})
	_, err := open(nil, "X-Enabled", "false")
	const want = `configure: FAILURE_CONFIGURATION_INVALID: endpoint "default": the consumer is not enabled`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if _, err := open(nil, "X-Enabled", "true"); err != nil {
		t.Error(err)
	}
}

// TestDeadLetterTopicOfAConnection is computed when a socket opens its stream, by what the socket's
// request is.
func TestDeadLetterTopicOfAConnection(t *testing.T) {
	d := descriptor()
	d.Topic = endpoint.Topic{Template: "orders"}
	d.Entrypoints = []endpoint.Entrypoint{
		{Kind: endpoint.SSE, Method: http.MethodGet, Path: "/orders", Config: `{"qos":"none"}`},
		{
			Kind: endpoint.WebSocket, Method: http.MethodGet, Path: "/ws",
			Config: `{"qos":"at-least-once","publisher":{"enabled":false},"deadLetterTopic":"{#context.attributes['dead']}"}`,
		},
	}
	assign(&d, "dead", "{#request.headers['X-Dead']?.[0]}")
	c := &clients{stream: idle{}}
	op := mount(t, d, c, "")
	open := func(kind endpoint.Kind, headers ...string) (string, error) {
		x, _ := sent("", headers...)
		c.reading = qos.Reading{}
		opened, err := op.Subscribe.Open(t.Context(), x, qos.Reading{Kind: kind, Level: endpoint.None})
		if err != nil {
			return "", err
		}
		return opened.DeadLetterTopic, opened.Close(context.Background())
	}
	for _, test := range []struct {
		kind        endpoint.Kind
		header      string
		topic, want string
	}{
		{endpoint.WebSocket, "eu-dead", "eu-dead", ""},
		{endpoint.WebSocket, "", "", ""},
		{endpoint.SSE, "us-dead", "", ""},
		{endpoint.WebSocket, "us-dead", "", `evaluate configuration: FAILURE_NOT_ALLOWED: deadLetterTopic: "us-dead" is not allowed`},
	} {
		topic, err := open(test.kind, "X-Dead", test.header)
		if got := fmt.Sprint(err); topic != test.topic || test.want == "" && err != nil || test.want != "" && got != test.want {
			t.Errorf("%s %q: got %q, %v; want %q, %s", test.kind, test.header, topic, err, test.topic, test.want)
		}
		if test.want != "" && c.reading.Level != "" {
			t.Errorf("%s %q: a stream was opened", test.kind, test.header)
		}
	}
}

func TestDeadLettersWithoutProducer(t *testing.T) {
	d := descriptor()
	d.Topic = endpoint.Topic{Template: "orders"}
	d.Entrypoints = d.Entrypoints[1:]
	d.Endpoints[0] = endpoint.JSON(strings.Replace(string(d.Endpoints[0]), `"producer":{"enabled":true,`, `"producer":{`, 1))
	if op := mount(t, d, &clients{stream: idle{}}, ""); op.Subscribe.WritesDeadLetters {
		t.Error("an endpoint without a producer writes dead letters")
	}
	assign(&d, configured+"producer.enabled", "{#request.headers['X-Producer']}")
	op := mount(t, d, &clients{stream: idle{}}, "")
	if !op.Subscribe.WritesDeadLetters {
		t.Error("a producer that an attribute enables writes no dead letters")
	}
	x, _ := sent("", "X-Producer", "false")
	opened, err := op.Subscribe.Open(t.Context(), x, qos.Reading{Level: endpoint.None})
	if err != nil {
		t.Fatal(err)
	}
	_, err = opened.DeadLetters()
	const want = `configure: FAILURE_CONFIGURATION_INVALID: endpoint "default": the producer is not enabled`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestClustersThatRequestsChoose(t *testing.T) {
	b := brokers{}
	change := func(d *endpoint.Descriptor) {
		assign(d, configured+"bootstrapServers", "{#request.headers['X-Brokers']}")
	}
	open := subscriber(t, b, change)
	s, err := open(nil, "X-Brokers", "b:2")
	if err != nil {
		t.Fatal(err)
	}
	if b["b:2"].held != 1 {
		t.Errorf("an open stream holds its cluster %d times, want once", b["b:2"].held)
	}
	if err := s.Close(context.Background()); err != nil || b["b:2"].held != 0 {
		t.Errorf("a closed stream holds its cluster %d times, %v", b["b:2"].held, err)
	}
	b["b:2"].openErr = core.NewError(core.CodeTopicNotFound, "")
	if _, err := open(nil, "X-Brokers", "b:2"); core.CodeOf(err) != core.CodeTopicNotFound || b["b:2"].held != 0 {
		t.Errorf("got %v, and the cluster is held %d times", err, b["b:2"].held)
	}
	if _, err := open(nil, "X-Brokers", "evil:9092"); core.CodeOf(err) != core.CodeNotAllowed || b["evil:9092"] != nil {
		t.Errorf("a broker that no entry has: got %v", err)
	}
	if s, err := open(nil); err != nil || b["a:1"].opened != 1 {
		t.Errorf("without the header: %v, %+v, %T", err, b["a:1"], s)
	}

	d := descriptor()
	d.Topic = endpoint.Topic{Template: "orders"}
	d.Entrypoints = d.Entrypoints[:1]
	change(&d)
	op := mount(t, d, b, "")
	x, _ := sent("{}", "X-Brokers", "b:2")
	pub, err := op.Publish.Prepare(x, endpoint.Balanced)
	if err != nil || b["b:2"].held != 1 {
		t.Fatalf("%v, held %d times", err, b["b:2"].held)
	}
	if pub.Release(); b["b:2"].held != 0 {
		t.Errorf("a publisher that is done holds its cluster %d times", b["b:2"].held)
	}
	x, _ = sent("{}", "X-Brokers", "b:2")
	x.Attributes.Set(producerTopics, "__x")
	if _, err := op.Publish.Prepare(x, endpoint.Balanced); err == nil || b["b:2"].held != 0 {
		t.Errorf("got %v, and the cluster is held %d times", err, b["b:2"].held)
	}
}

func TestWrongAttributes(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*endpoint.Descriptor)
		want   string
	}{
		{"expression", func(d *endpoint.Descriptor) { assign(d, "a", "{#reqest}") }, `orders.yaml:20:5: operation "placeOrder" of api "orders": attribute "a": value: character 2: unknown variable #reqest: did you mean #request?`},
		{
			"no entry", func(d *endpoint.Descriptor) {
				assign(d, producerTopics, "{#request.method}")
				d.Allow = nil
				d.Endpoints = several("", "a", "b").Endpoints
			},
			`orders.yaml:20:5: operation "placeOrder" of api "orders": attribute "gravitee.attribute.kafka.producer.topics": producer.topics depends on a request: write what requests may choose, x-kafka-allow: { producer.topics: [ … ] }`,
		},
		{
			"object", func(d *endpoint.Descriptor) {
				d.Endpoints[0] = endpoint.JSON(strings.Replace(string(d.Endpoints[0]), "a:1", "{#request.method}", 1))
			},
			`orders.yaml:3:5: operation "placeOrder" of api "orders": bootstrapServers depends on a request: write what requests may choose, x-kafka-allow: { bootstrapServers: [ … ] } (/configuration/bootstrapServers)`,
		},
	} {
		d := descriptor()
		test.change(&d)
		_, err := Operation(Input{Descriptor: d, Clients: &clients{}, Log: slog.New(slog.DiscardHandler)})
		if err == nil || err.Error() != test.want {
			t.Errorf("%s: got %v\nwant %s", test.name, err, test.want)
		}
	}
}

func TestAllowIsNarrowed(t *testing.T) {
	d := descriptor()
	assign(&d, producerTopics, "{#request.headers['X-Topic']}")
	for _, test := range []struct{ config, topic, want string }{
		{``, "eu-b", ""},
		{`[eu-a]`, "eu-a", ""},
		{`[eu-a]`, "eu-b", `evaluate configuration: FAILURE_NOT_ALLOWED: producer.topics: "eu-b" is not allowed`},
		{`["*", "us-a"]`, "us-a", `evaluate configuration: FAILURE_NOT_ALLOWED: producer.topics: "us-a" is not allowed`},
		{`[us-a]`, "eu-a", `evaluate configuration: FAILURE_NOT_ALLOWED: producer.topics: "eu-a" is not allowed`},
	} {
		text := ""
		if test.config != "" {
			text = "apis: { orders: { allow: { producer.topics: " + test.config + " } } }"
		}
		out, _, err := compileFrom(t, d, text)
		if err != nil {
			t.Fatal(err)
		}
		x := request()
		x.Request.Header.Set("X-Topic", test.topic)
		_, err = out.Operation.Publish.Prepare(x, endpoint.Balanced)
		if test.want == "" && err != nil || test.want != "" && (err == nil || err.Error() != test.want) {
			t.Errorf("allow %s: got %v, want %s", test.config, err, test.want)
		}
	}
}
