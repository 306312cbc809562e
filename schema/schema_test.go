package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v5"
)

// TestTextsStandAlone compiles every schema as it is given out, with nothing beside it, and
// demands that it judges the examples as the package does.
func TestTextsStandAlone(t *testing.T) {
	want := []string{"allow", "api", "attributes", "document", "endpoint", "endpoint-group", "endpoint-groups", "endpoint-patch", "entrypoints", "entrypoints-patch", "expression", "gateway", "penstock.v1"}
	if diff := cmp.Diff(want, Names()); diff != "" {
		t.Fatal(diff)
	}
	compiled := map[string]*jsonschema.Schema{}
	for _, name := range Names() {
		text, _ := Text(name)
		schema, err := jsonschema.CompileString("alone.json", string(text))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		compiled[name] = schema
		if again, _ := Text(name); !bytes.Equal(text, again) || !json.Valid(text) {
			t.Errorf("%s: the text is not the same twice, or not JSON", name)
		}
	}
	for _, kind := range append(Kinds(), Document) {
		for _, example := range readExamples(t, kind) {
			for _, value := range []any{example.Good, example.Bad} {
				ours := compiledOf(kind, Template).Validate(value) == nil
				if alone := compiled[kind.document()].Validate(value) == nil; alone != ours {
					t.Errorf("%s/%s: valid alone %v, valid here %v: %v", kind, example.Rule, alone, ours, value)
				}
			}
		}
	}
	if _, ok := Text("nothing"); ok {
		t.Error("there is a text for a name that does not exist")
	}
}

// TestAnnotations demands of every property a title, a description and an example, and that
// examples and defaults obey the property's own schema.
func TestAnnotations(t *testing.T) {
	for _, kind := range Kinds() {
		seen := map[string]bool{}
		var walk func(n node, at string)
		walk = func(n node, at string) {
			key := n.document + "#" + fmt.Sprintf("%p", n.schema)
			if seen[key] {
				return
			}
			seen[key] = true
			for _, name := range n.names() {
				property, _ := n.property(name)
				where := at + "." + name
				if property.schema["title"] == nil || property.schema["description"] == nil {
					t.Errorf("%s: no title or no description", where)
				}
				isObject := property.schema["properties"] != nil
				examples, _ := property.schema["examples"].([]any)
				if len(examples) == 0 && !isObject {
					t.Errorf("%s: no example", where)
				}
				if preset, ok := property.schema["default"]; ok {
					examples = append(examples, preset)
				}
				for _, example := range examples {
					checkExample(t, where, property, example)
				}
				walk(property, where)
			}
			for _, keyword := range []string{"additionalProperties", "items"} {
				if member, ok := n.child(n.schema[keyword]); ok {
					walk(member, at+".*")
				}
			}
		}
		walk(root(kind), string(kind))
	}
}

func checkExample(t *testing.T, where string, property node, example any) {
	t.Helper()
	schema, _ := deepCopy(property.schema).(map[string]any)
	definitions, _ := load().raw[property.document]["definitions"].(map[string]any)
	wrapped := map[string]any{"$schema": "http://json-schema.org/draft-07/schema#", "allOf": []any{schema}}
	if definitions != nil {
		wrapped["definitions"] = definitions
	}
	text, err := json.Marshal(wrapped)
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	for name, text := range load().texts {
		if err := compiler.AddResource(base+name+".json", bytes.NewReader(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := compiler.AddResource(base+"wrapped.json", bytes.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile(base + "wrapped.json")
	if err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	if err := compiled.Validate(example); err != nil {
		t.Errorf("%s: %v breaks its own schema: %v", where, example, err)
	}
}

func TestApplyDefaults(t *testing.T) {
	endpoint := `{"configuration":{"bootstrapServers":"a:1"},"sharedConfigurationOverride":{"producer":{"enabled":true},"security":{"ssl":{"trustStore":{"location":"/a"}}}}}`
	want := `{"name":"default","type":"kafka","weight":1,"inheritConfiguration":false,"secondary":false,"tenants":[],
		"configuration":{"bootstrapServers":"a:1"},
		"sharedConfigurationOverride":{
			"security":{"protocol":"PLAINTEXT","ssl":{"trustStore":{"type":"JKS","location":"/a"}}},
			"producer":{"enabled":true,"compressionType":"none"},
			"consumer":{"enabled":false,"encodeMessageId":true,"autoOffsetReset":"latest","checkTopicExistence":false,"removeConfluentHeader":false}}}`
	if diff := cmp.Diff(parse(t, want), ApplyDefaults(Endpoint, parse(t, endpoint))); diff != "" {
		t.Error(diff)
	}
	entrypoints := `{"http-post":{"path":"/a"},"http-get":{"messagesLimitCount":1},"sse":{},"websocket":{"publisher":{}}}`
	want = `{"http-post":{"enabled":true,"path":"/a","qos":"balanced","requestHeadersToMessage":false,"tombstone":false},
		"http-get":{"enabled":true,"qos":"balanced","messagesLimitCount":1,"messagesLimitDurationMs":5000,"headersInPayload":false,"metadataInPayload":false},
		"sse":{"enabled":true,"qos":"balanced","heartbeatIntervalInMs":5000,"metadataAsComment":false,"headersAsComment":false},
		"websocket":{"enabled":true,"qos":"balanced","tombstone":false,"publisher":{"enabled":true}}}`
	if diff := cmp.Diff(parse(t, want), ApplyDefaults(Entrypoints, parse(t, entrypoints))); diff != "" {
		t.Error(diff)
	}
	group := `[{"name":"g","endpoints":[{"name":"a","configuration":{"bootstrapServers":"a:1"},"sharedConfigurationOverride":{}}]}]`
	filled := ApplyDefaults(EndpointGroups, parse(t, group))
	if got, _ := at(filled, "/0/loadBalancer/type"); got != "round-robin" {
		t.Errorf("load balancer is %v", got)
	}
	if got, _ := at(filled, "/0/endpoints/0/weight"); got != json.Number("1") {
		t.Errorf("weight is %v", got)
	}
}

func TestGatewayDefaultsAreValid(t *testing.T) {
	filled := ApplyDefaults(Gateway, map[string]any{})
	if got := Validate(Gateway, Evaluated, filled); got != nil {
		t.Errorf("%q", lines(got))
	}
	for pointer, want := range map[string]any{
		"/listen/address": ":8080", "/listen/writeStallTimeout": "30s", "/admin/address": ":9090", "/drain/delay": "5s",
		"/limits/body": "1MiB", "/limits/websocketMessage": "256KiB", "/limits/streams": json.Number("10000"),
		"/limits/processBytes": "75%", "/produce/linger": "0", "/consume/fetchMaxWait": "250ms", "/log/level": "info",
	} {
		if got, _ := at(filled, pointer); got != want {
			t.Errorf("%s is %v, want %v", pointer, got, want)
		}
	}
	if _, ok := at(filled, "/listen/tls"); ok {
		t.Error("listen.tls is there although nobody asked for it")
	}
}

func TestRedact(t *testing.T) {
	value := `{"name":"a","sharedConfigurationOverride":{"security":{"sasl":{"saslMechanism":"PLAIN","saslJaasConfig":"s3cret"},
		"ssl":{"trustStore":{"location":"/a","password":"s3cret"},"keyStore":{"key":"s3cret","keyPassword":"s3cret","password":null,"certificateChain":"public"}}}}}`
	want := `{"name":"a","sharedConfigurationOverride":{"security":{"sasl":{"saslMechanism":"PLAIN","saslJaasConfig":"REDACTED"},
		"ssl":{"trustStore":{"location":"/a","password":"REDACTED"},"keyStore":{"key":"REDACTED","keyPassword":"REDACTED","password":null,"certificateChain":"public"}}}}}`
	if diff := cmp.Diff(parse(t, want), Redact(Endpoint, parse(t, value))); diff != "" {
		t.Error(diff)
	}
	gateway := `{"apis":{"orders":{"endpoints":{"default":` + value + `}}}}`
	if diff := cmp.Diff(parse(t, `{"apis":{"orders":{"endpoints":{"default":`+want+`}}}}`), Redact(Gateway, parse(t, gateway))); diff != "" {
		t.Error(diff)
	}
	groups := `[{"sharedConfiguration":{"security":{"sasl":{"saslJaasConfig":["s3cret"]}}}}]`
	if got := Redact(EndpointGroups, parse(t, groups)); strings.Contains(fmt.Sprint(got), "s3cret") {
		t.Errorf("a secret is shown: %v", got)
	}
	attributes := `[{"name":"gravitee.attributes.endpoint.kafka.security.sasl.saslJaasConfig","value":"s3cret"},{"name":"gravitee.attributes.endpoint.kafka.security.protocol","value":"SSL"}]`
	got := Redact(Attributes, parse(t, attributes))
	if text := fmt.Sprint(got); strings.Contains(text, "s3cret") || !strings.Contains(text, "value:SSL") {
		t.Errorf("attributes: %v", got)
	}
}

func TestSecretPaths(t *testing.T) {
	shared := "/sharedConfigurationOverride/security/"
	want := []string{
		shared + "sasl/saslJaasConfig",
		shared + "ssl/keyStore/key", shared + "ssl/keyStore/keyPassword", shared + "ssl/keyStore/password",
		shared + "ssl/keystore/key", shared + "ssl/keystore/keyPassword", shared + "ssl/keystore/password",
		shared + "ssl/trustStore/password",
	}
	if diff := cmp.Diff(want, SecretPaths(Endpoint)); diff != "" {
		t.Error(diff)
	}
}

// TestMessagesHoldNoSecrets breaks each secret in every way there is and looks for its text.
func TestMessagesHoldNoSecrets(t *testing.T) {
	for _, path := range SecretPaths(Endpoint) {
		parts := segments(path)
		for _, secret := range []any{"s3cret", []any{"s3cret"}, map[string]any{"s3cret": "s3cret"}} {
			value := secret
			for i := len(parts) - 1; i >= 0; i-- {
				value = map[string]any{parts[i]: value}
			}
			for _, issue := range Validate(Endpoint, Evaluated, value) {
				if strings.Contains(issue.Message, "s3cret") {
					t.Errorf("%s: %q", path, issue.Message)
				}
			}
		}
	}
}

func TestExpressions(t *testing.T) {
	for text, want := range map[string]bool{
		"{#request.id}": true, "a{ #b}c": true, "{(1+1)}": true, "{T(java.lang.Math).abs(1)}": true, "{ T(x)}": true,
		"{region}": false, "{}": false, "{ Tx(1)}": false, "#request": false, "": false, "{'a'}": false,
	} {
		if IsExpression(text) != want {
			t.Errorf("%q: want %v", text, want)
		}
	}
	got := Expressions(parse(t, `{"b":["x","{#y}"],"a/b":{"c":"{(1)}"},"d":5}`))
	if diff := cmp.Diff([]string{"/a~1b/c", "/b/1"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestValidateTakesGoNumbers(t *testing.T) {
	for _, weight := range []any{1, int64(2), float64(3), json.Number("4"), uint8(5)} {
		value := map[string]any{"configuration": map[string]any{"bootstrapServers": "a:1"}, "weight": weight}
		if got := Validate(Endpoint, Template, value); got != nil {
			t.Errorf("%T: %q", weight, lines(got))
		}
	}
	want := []string{": the value is not JSON: jsonschema: invalid jsonType: []string"}
	value := map[string]any{"configuration": map[string]any{"bootstrapServers": "a:1"}, "tenants": []string{"a"}}
	if diff := cmp.Diff(want, lines(Validate(Endpoint, Template, value))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{`: there is no schema "nothing"`}, lines(Validate("nothing", Template, value))); diff != "" {
		t.Error(diff)
	}
}

func TestConcurrentUse(t *testing.T) {
	example := readExamples(t, Endpoint)[0]
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			Validate(Endpoint, Template, example.Good)
			Validate(Document, Template, example.Good)
			ApplyDefaults(Endpoint, example.Good)
			Redact(Endpoint, example.Good)
			Merge(example.Good, example.Bad)
		})
	}
	group.Wait()
	if diff := cmp.Diff(readExamples(t, Endpoint)[0].Good, example.Good); diff != "" {
		t.Errorf("a value was changed:\n%s", diff)
	}
}
