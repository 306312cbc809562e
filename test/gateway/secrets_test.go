package gateway

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/test/harness"
	"github.com/penstock-dev/penstock/test/planted"
)

// loginByFile is an endpoint whose password stands in a file. An option of the consumer reads the
// password too, by mistake, where the request asks for it.
const loginByFile = `{"name":"default","type":"kafka","configuration":{"bootstrapServers":"BROKERS"},
	"sharedConfigurationOverride":{"producer":{"enabled":true},
	"consumer":{"enabled":true,"autoOffsetReset":"{(#request.params['wrong'] == null ? 'earliest' : #secrets.get('/file/login:password'))}"},
	"security":{"protocol":"SASL_PLAINTEXT","sasl":{"saslMechanism":"PLAIN",
	"saslJaasConfig":"org.apache.kafka.common.security.plain.PlainLoginModule required username=\"shop\" password=\"{#secrets.get('/file/login:password')}\";"}}}}`

// TestSecretsOfFiles logs in with a password that stands in a file: it is used again when the file
// changes, and seen nowhere.
func TestSecretsOfFiles(t *testing.T) {
	garden := planted.New(t)
	password := garden.Secret("password in a file")
	dir := t.TempDir()
	login := func(password string) {
		t.Helper()
		file := filepath.Join(dir, "login")
		if err := os.WriteFile(file+".new", []byte("user=shop\npassword="+password+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(file+".new", file); err != nil {
			t.Fatal(err)
		}
	}
	login(password)
	topic := harness.UniqueTopic()
	cluster := harness.Embedded(t, kfake.SeedTopics(1, topic), kfake.EnableSASL(), kfake.Superuser("PLAIN", "shop", password))
	op := operation("orders", post("balanced"), get("none", long, `"messagesLimitCount":1`))
	op.Descriptor.Endpoints = []endpoint.JSON{loginByFile}
	r := start(t, setup{
		brokers: strings.Join(cluster.ListenAddrs(), ","), topic: topic, partitions: -1, garden: garden,
		config: fmt.Sprintf("secrets: { dir: %q }", dir), operations: ops(op),
	})
	if got := r.post(order(1)); got.Status != 202 {
		t.Fatalf("got %d %s", got.Status, got.Body)
	}
	if got := r.Do("GET", "/orders", ""); got.Status != 200 || !strings.Contains(got.Body, "o-1") {
		t.Errorf("got %d %s", got.Status, got.Body)
	}

	// A password at a wrong place is quoted neither in the answer nor in the log.
	r.Do("GET", "/orders?wrong", "").WantProblem(t, 500, "FAILURE_CONFIGURATION_INVALID")
	harness.Eventually(t, "a line about the wrong value", func() bool {
		return strings.Contains(r.log.String(), "it is not shown, because its expression reads a secret")
	})

	// Another password is used without a restart, a missing one is said without its path.
	login(garden.Secret("wrong password in a file"))
	harness.Eventually(t, "a refused login", func() bool { return r.post(order(2)).Status == 503 })
	if err := os.Remove(filepath.Join(dir, "login")); err != nil {
		t.Fatal(err)
	}
	harness.Eventually(t, "a missing password", func() bool { return r.post(order(3)).Status == 500 })
	r.post(order(3)).WantProblem(t, 500, "FAILURE_CONFIGURATION_INVALID")
	if !strings.Contains(r.log.String(), `the secret file \"login\" cannot be read: no such file or directory`) {
		t.Error("the log does not name the missing file")
	}
	login(password)
	harness.Eventually(t, "the old password", func() bool { return r.post(order(4)).Status == 202 })
}
