package gateway

import (
	"net/http"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/test/harness"
)

// TestCallersReachKafkaAsThemselves holds that the credentials of a request are those of its client
// of Kafka, and nothing more than credentials.
func TestCallersReachKafkaAsThemselves(t *testing.T) {
	topic := harness.UniqueTopic()
	writes := kfake.ACL{Resource: kmsg.ACLResourceTypeTopic, Name: topic, Pattern: kmsg.ACLResourcePatternTypeLiteral, Operation: kmsg.ACLOperationWrite, Allow: true}
	b := harness.Embedded(t, kfake.SeedTopics(1, topic), kfake.EnableSASL(), kfake.EnableACLs(), kfake.Superuser("PLAIN", "admin", "admin"),
		kfake.User("PLAIN", "alice", `a"; b`, writes), kfake.User("PLAIN", "bob", "b"))
	op := operation("orders", post("balanced"))
	op.Descriptor.Endpoints = []endpoint.JSON{endpoint.JSON(strings.Replace(endpointObject, `"producer":{`,
		`"security":{"protocol":"SASL_PLAINTEXT","sasl":{"saslMechanism":"PLAIN","saslJaasConfig":`+
			`"org.apache.kafka.common.security.plain.PlainLoginModule required username=\"{#request.headers['X-User'][0]}\" password=\"{#request.headers['X-Password'][0]}\";"`+
			`}},"producer":{`, 1))}
	r := start(t, setup{brokers: strings.Join(b.ListenAddrs(), ","), topic: topic, partitions: -1, operations: ops(op)})

	if got := r.post(order(1), "X-User: alice", `X-Password: a"; b`); got.Status != http.StatusAccepted {
		t.Errorf("alice: got %d %s", got.Status, got.Body)
	}
	r.post(order(1), "X-User: bob", "X-Password: b").WantProblem(t, 403, "FAILURE_FORBIDDEN")
	r.post(order(1), "X-User: alice", "X-Password: b").WantProblem(t, 503, "FAILURE_BROKER_UNAVAILABLE")
	// A name cannot become two options.
	r.post(order(1), `X-User: admin" password="admin`, "X-Password: x").WantProblem(t, 503, "FAILURE_BROKER_UNAVAILABLE")
	r.post(order(1), "X-User: alice").WantProblem(t, 500, "FAILURE_CONFIGURATION_INVALID")
	if log := r.log.String(); strings.Contains(log, `a\"; b`) || strings.Contains(log, `a"; b`) {
		t.Error("the log has a password")
	}
}
