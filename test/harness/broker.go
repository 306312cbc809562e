package harness

import (
	"os"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"
)

// RealBroker is the broker that PENSTOCK_TEST_KAFKA=host:port names, "" for none.
func RealBroker() string { return os.Getenv("PENSTOCK_TEST_KAFKA") }

// Broker gives the addresses of a broker: those of RealBroker, which tests share, or those of an
// embedded one.
func Broker(t testing.TB) string {
	t.Helper()
	if address := RealBroker(); address != "" {
		return address
	}
	return Addresses(Embedded(t))
}

// Embedded starts an embedded broker of one node that ends with the test.
func Embedded(t testing.TB, opts ...kfake.Opt) *kfake.Cluster {
	t.Helper()
	c, err := kfake.NewCluster(append([]kfake.Opt{kfake.NumBrokers(1)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// Addresses lists the addresses of an embedded broker, as bootstrapServers has them.
func Addresses(c *kfake.Cluster) string { return strings.Join(c.ListenAddrs(), ",") }
