package kafka_test

import (
	"os"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"
	"go.uber.org/goleak"

	"github.com/penstock-dev/penstock/runtime/internal/kafka/kafkatest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestContract runs the contract against the embedded broker, and against the broker that
// PENSTOCK_TEST_KAFKA names (make test-kafka).
func TestContract(t *testing.T) {
	if address := os.Getenv("PENSTOCK_TEST_KAFKA"); address != "" {
		kafkatest.Run(t, kafkatest.Broker{Addrs: []string{address}})
		return
	}
	b, err := kfake.NewCluster(kfake.NumBrokers(3), kfake.BrokerConfigs(map[string]string{
		"group.initial.rebalance.delay.ms": "0",
	}))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	kafkatest.Run(t, kafkatest.Broker{Addrs: b.ListenAddrs(), Compact: b.Compact})
}
