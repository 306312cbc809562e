package judge

import (
	"strings"
	"testing"
)

func TestTopicProblem(t *testing.T) {
	const form = `: 1 to 249 letters, digits, ".", "_" and "-", and not "." or ".."`
	long := strings.Repeat("a", maxTopic)
	for name, want := range map[string]string{
		"orders.eu_1-A": "",
		long:            "",
		"_orders":       "",
		long + "a":      `"` + long + `a" is no topic name` + form,
		"":              `"" is no topic name` + form,
		".":             `"." is no topic name` + form,
		"..":            `".." is no topic name` + form,
		"a b":           `"a b" is no topic name` + form,
		"a/b":           `"a/b" is no topic name` + form,
		"ä":             `"ä" is no topic name` + form,
		"__offsets":     `topic "__offsets" is internal to Kafka: names that begin with "__" are not served`,
	} {
		if got := topicProblem(name); got != want {
			t.Errorf("%q: %s", name, got)
		}
	}
}

func TestGroupProblem(t *testing.T) {
	for id, want := range map[string]string{
		"g-1.a_B": "",
		"..":      "",
		"":        `"" is no group id: 1 to 249 letters, digits, ".", "_" and "-"`,
		"a b":     `"a b" is no group id: 1 to 249 letters, digits, ".", "_" and "-"`,
	} {
		if got := groupProblem(id); got != want {
			t.Errorf("%q: %s", id, got)
		}
	}
}

func TestListOf(t *testing.T) {
	for _, c := range []struct {
		value any
		want  string
	}{
		{"a, b", "a|b"}, {`["a","b c"]`, "a|b c"}, {[]any{"a", 1}, "a|1"}, {true, "true"}, {"", ""},
	} {
		if got := strings.Join(listOf(c.value), "|"); got != c.want {
			t.Errorf("%v is the list %s, not %s", c.value, got, c.want)
		}
	}
}

func TestCheckLogin(t *testing.T) {
	const plain = `org.apache.kafka.common.security.plain.PlainLoginModule required username="a" password="b";`
	for _, c := range []struct{ mechanism, text, want string }{
		{"PLAIN", plain, ""},
		{"", plain, ""},
		{"PLAIN", "{#secrets.get('a')}", ""},
		{"PLAIN", "{#request.id} {#request.id}", "an expression stands for the whole text or for the value of an option"},
	} {
		got := ""
		if err := checkLogin(c.mechanism, c.text); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s %s: %q, not %q", c.mechanism, c.text, got, c.want)
		}
	}
	if err := checkLogin("SCRAM-SHA-256", plain); err == nil {
		t.Error("the module of PLAIN logs in with SCRAM-SHA-256")
	}
}
