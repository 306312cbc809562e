package schema

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// parse reads a literal of a test.
func parse(t *testing.T, text string) any {
	t.Helper()
	value, err := ParseJSON([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return value
}

func TestMerge(t *testing.T) {
	for name, c := range map[string]struct{ base, patch, want string }{
		// The cases of RFC 7386, appendix A.
		"rfc 1":  {`{"a":"b"}`, `{"a":"c"}`, `{"a":"c"}`},
		"rfc 2":  {`{"a":"b"}`, `{"b":"c"}`, `{"a":"b","b":"c"}`},
		"rfc 3":  {`{"a":"b"}`, `{"a":null}`, `{}`},
		"rfc 4":  {`{"a":"b","b":"c"}`, `{"a":null}`, `{"b":"c"}`},
		"rfc 5":  {`{"a":["b"]}`, `{"a":"c"}`, `{"a":"c"}`},
		"rfc 6":  {`{"a":"c"}`, `{"a":["b"]}`, `{"a":["b"]}`},
		"rfc 7":  {`{"a":{"b":"c"}}`, `{"a":{"b":"d","c":null}}`, `{"a":{"b":"d"}}`},
		"rfc 8":  {`{"a":[{"b":"c"}]}`, `{"a":[1]}`, `{"a":[1]}`},
		"rfc 9":  {`["a","b"]`, `["c","d"]`, `["c","d"]`},
		"rfc 10": {`{"a":"b"}`, `["c"]`, `["c"]`},
		"rfc 11": {`{"a":"foo"}`, `null`, `null`},
		"rfc 12": {`{"a":"foo"}`, `"bar"`, `"bar"`},
		"rfc 13": {`{"e":null}`, `{"a":1}`, `{"e":null,"a":1}`},
		"rfc 14": {`[1,2]`, `{"a":"b","c":null}`, `{"a":"b"}`},
		"rfc 15": {`{}`, `{"a":{"bb":{"ccc":null}}}`, `{"a":{"bb":{}}}`},

		"topics remove the pattern":              {`{"consumer":{"topicPattern":"a.*","enabled":true}}`, `{"consumer":{"topics":["b"]}}`, `{"consumer":{"topics":["b"],"enabled":true}}`},
		"the pattern removes topics":             {`{"consumer":{"topics":["b"]}}`, `{"consumer":{"topicPattern":"a.*"}}`, `{"consumer":{"topicPattern":"a.*"}}`},
		"a pattern within topics removes topics": {`{"consumer":{"topics":["b"]}}`, `{"consumer":{"topics":{"pattern":"a.*"}}}`, `{"consumer":{"topicPattern":"a.*"}}`},
		"the dotted spelling removes topics":     {`{"consumer":{"topics":["b"]}}`, `{"consumer":{"topics.pattern":"a.*"}}`, `{"consumer":{"topicPattern":"a.*"}}`},
		"topics remove the dotted spelling":      {`{"consumer":{"topics.pattern":"a"}}`, `{"consumer":{"topics":["b"]}}`, `{"consumer":{"topics":["b"]}}`},
		"null removes only what it names":        {`{"consumer":{"topics":["b"]}}`, `{"consumer":{"topicPattern":null}}`, `{"consumer":{"topics":["b"]}}`},
		"null in another spelling":               {`{"consumer":{"topicPattern":"b"}}`, `{"consumer":{"topics":{"pattern":null}}}`, `{"consumer":{}}`},
		"one with the other set to null":         {`{"consumer":{"topicPattern":"b"}}`, `{"consumer":{"topics":["a"],"topicPattern":null}}`, `{"consumer":{"topics":["a"]}}`},
		"keyStore meets keystore":                {`{"ssl":{"keystore":{"location":"/a","password":"p"}}}`, `{"ssl":{"keyStore":{"location":"/b"}}}`, `{"ssl":{"keystore":{"location":"/b","password":"p"}}}`},
		"keyStore null":                          {`{"ssl":{"keystore":{"location":"/a"}}}`, `{"ssl":{"keyStore":null}}`, `{"ssl":{}}`},
		"inline store removes the location":      {`{"trustStore":{"location":"/a"},"keystore":{"location":"/b"}}`, `{"trustStore":{"certificates":"x"},"keystore":{"key":"y"}}`, `{"trustStore":{"certificates":"x"},"keystore":{"key":"y"}}`},
		"location removes the inline store":      {`{"trustStore":{"certificates":"x"}}`, `{"trustStore":{"location":"/a"}}`, `{"trustStore":{"location":"/a"}}`},
		"mechanism":                              {`{}`, `{"sasl":{"saslMechanism":"SCRAM_SHA_256"}}`, `{"sasl":{"saslMechanism":"SCRAM-SHA-256"}}`},
		"mechanism left alone":                   {`{}`, `{"sasl":{"saslMechanism":"AWS_MSK_IAM"}}`, `{"sasl":{"saslMechanism":"AWS_MSK_IAM"}}`},
		"two spellings stay for Validate":        {`{}`, `{"keystore":1,"keyStore":2,"topics":{"pattern":"a"},"topicPattern":"b"}`, `{"keystore":1,"keyStore":2,"topics":{"pattern":"a"},"topicPattern":"b"}`},
	} {
		t.Run(name, func(t *testing.T) {
			base, patch := parse(t, c.base), parse(t, c.patch)
			if diff := cmp.Diff(parse(t, c.want), Merge(base, patch)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if !cmp.Equal(base, parse(t, c.base)) || !cmp.Equal(patch, parse(t, c.patch)) {
				t.Errorf("an argument was changed: %v, %v", base, patch)
			}
		})
	}
}

func TestMergeSharesNothing(t *testing.T) {
	base, patch := parse(t, `{"a":{"b":[1]}}`), parse(t, `{"c":{"d":[{"e":1}]}}`)
	out := Merge(base, patch).(map[string]any)
	out["a"].(map[string]any)["b"].([]any)[0] = "changed"
	out["c"].(map[string]any)["d"].([]any)[0].(map[string]any)["e"] = "changed"
	if !cmp.Equal(base, parse(t, `{"a":{"b":[1]}}`)) || !cmp.Equal(patch, parse(t, `{"c":{"d":[{"e":1}]}}`)) {
		t.Errorf("the result shares memory with an argument: %v, %v", base, patch)
	}
}

// FuzzMerge checks what holds for every merge: a patch applied twice is a patch applied once,
// nothing of the arguments changes, and no null comes from a patch that is an object.
func FuzzMerge(f *testing.F) {
	f.Add(`{"consumer":{"topicPattern":"a"}}`, `{"consumer":{"topics":["b"]}}`)
	f.Add(`{"a":{"b":null}}`, `{"a":{"c":{"d":null}}}`)
	f.Add(`{"keyStore":{"location":"a"}}`, `{"keystore":{"key":"a"},"topics":{"pattern":null}}`)
	f.Fuzz(func(t *testing.T, baseText, patchText string) {
		base, err := ParseJSON([]byte(baseText))
		if err != nil {
			return
		}
		patch, err := ParseJSON([]byte(patchText))
		if err != nil {
			return
		}
		before := [2]string{text(t, base), text(t, patch)}
		once := Merge(base, patch)
		if twice := Merge(once, patch); !cmp.Equal(once, twice) {
			t.Fatalf("applied twice: %v, once: %v", twice, once)
		}
		if after := [2]string{text(t, base), text(t, patch)}; before != after {
			t.Fatalf("arguments changed: %q, %q", before, after)
		}
		if _, ok := patch.(map[string]any); ok && hasNull(Merge(map[string]any{}, patch)) {
			t.Fatalf("null is left of %v", patch)
		}
	})
}

func text(t *testing.T, value any) string {
	t.Helper()
	out, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// hasNull looks at objects only: null in a list is a value.
func hasNull(value any) bool {
	object, ok := value.(map[string]any)
	if !ok {
		return value == nil
	}
	for _, member := range object {
		if hasNull(member) {
			return true
		}
	}
	return false
}

func TestEffective(t *testing.T) {
	group := `{"name":"g","sharedConfiguration":{"producer":{"topics":["shared"]}}}`
	for name, c := range map[string]struct{ endpoint, group, want string }{
		"alone":              {`{"name":"a","sharedConfigurationOverride":{"producer":{"topics":["own"]}}}`, ``, `{"name":"a","inheritConfiguration":false,"sharedConfigurationOverride":{"producer":{"topics":["own"]}}}`},
		"nothing shared":     {`{"$schema":"x","name":"a"}`, ``, `{"name":"a","inheritConfiguration":false,"sharedConfigurationOverride":{}}`},
		"own by default":     {`{"name":"a","sharedConfigurationOverride":{"consumer":{}}}`, group, `{"name":"a","inheritConfiguration":false,"sharedConfigurationOverride":{"consumer":{}}}`},
		"inherits the whole": {`{"name":"a","inheritConfiguration":true,"sharedConfigurationOverride":{"consumer":{"enabled":true}}}`, group, `{"name":"a","inheritConfiguration":false,"sharedConfigurationOverride":{"producer":{"topics":["shared"]}}}`},
		"group shares none":  {`{"name":"a","inheritConfiguration":true,"sharedConfigurationOverride":{"consumer":{}}}`, `{"name":"g"}`, `{"name":"a","inheritConfiguration":false,"sharedConfigurationOverride":{}}`},
		"spelling":           {`{"sharedConfigurationOverride":{"consumer":{"topics.pattern":"a"}}}`, ``, `{"inheritConfiguration":false,"sharedConfigurationOverride":{"consumer":{"topicPattern":"a"}}}`},
	} {
		t.Run(name, func(t *testing.T) {
			endpoint := parse(t, c.endpoint).(map[string]any)
			var group map[string]any
			if c.group != "" {
				group = parse(t, c.group).(map[string]any)
			}
			got := Effective(endpoint, group)
			if diff := cmp.Diff(parse(t, c.want), any(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if again := Effective(got, group); !cmp.Equal(got, again) {
				t.Errorf("applied twice: %v", again)
			}
			if !cmp.Equal(any(endpoint), parse(t, c.endpoint)) {
				t.Errorf("the argument was changed: %v", endpoint)
			}
		})
	}
}
