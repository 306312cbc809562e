package override

import (
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// TestValuesOfSecretsAreNotShown: a secret that stands at a wrong place is not quoted, in answers
// and in the log neither.
func TestValuesOfSecretsAreNotShown(t *testing.T) {
	const secret = `{#secrets.get('/env/PASSWORD')}`
	brokers := strings.Replace(object(`"producer":{"enabled":true,"topics":["p"]}`), "kafka:9092", "BROKERS", 1)
	for _, c := range []struct {
		name, object, want string
		code               core.Code
		allow              map[string][]string
	}{
		{
			"an enumeration", object(`"consumer":{"enabled":true,"topics":["c"],"autoOffsetReset":"` + secret + `"}`),
			hiddenValue + " (/sharedConfigurationOverride/consumer/autoOffsetReset)", core.CodeConfigurationInvalid, nil,
		},
		{
			"another enumeration", object(`"producer":{"enabled":true,"topics":["p"]},"security":{"protocol":"` + secret + `"}`),
			hiddenValue + " (/sharedConfigurationOverride/security/protocol)", core.CodeConfigurationInvalid, nil,
		},
		{"brokers", strings.Replace(brokers, "BROKERS", secret, 1), hiddenValue, core.CodeConfigurationInvalid, nil},
		{"a port", strings.Replace(brokers, "BROKERS", "kafka:99999,"+secret+":99999", 1), hiddenValue, core.CodeConfigurationInvalid, nil},
		{
			"brokers of a request", strings.Replace(brokers, "BROKERS", secret+".{#request.method}:9092", 1),
			"bootstrapServers: the value is not allowed", core.CodeNotAllowed,
			map[string][]string{"bootstrapServers": {"kafka:9092"}},
		},
		{
			"an expression that fails", object(`"consumer":{"enabled":true,"topics":["c"],"autoOffsetReset":"{(` + secret[1:len(secret)-1] + ` ? 'a' : 'b')}"}`),
			"character 12: the text is no boolean", core.CodeConfigurationInvalid, nil,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := compile(t, given{object: c.object, allow: c.allow}).run(t)
			if err == nil {
				t.Fatal("nothing is wrong")
			}
			if core.CodeOf(err) != c.code || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("got %v, want %s %s", err, c.code, c.want)
			}
		})
	}
}

func TestExplainShowsNoSecret(t *testing.T) {
	o := compile(t, given{
		object: strings.Replace(object(`"producer":{"enabled":true,"topics":["p"]}`), "kafka:9092", `{#secrets.get('/env/PASSWORD')}:9092`, 1),
	})
	explained, err := o.Explain(request(t), endpoint.Subscribing)
	if err != nil {
		t.Fatal(err)
	}
	seen := false
	for _, line := range explained.Values {
		seen = seen || line.Pointer == "/configuration/bootstrapServers" && line.Value == `"REDACTED"`
		if strings.Contains(line.Value, "hunter2") {
			t.Errorf("%s is %s", line.Pointer, line.Value)
		}
	}
	if !seen {
		t.Errorf("got %v", explained.Values)
	}
}
