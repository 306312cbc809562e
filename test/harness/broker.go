package harness

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"strings"
	"sync"
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

// The ports of FreePort are below those that systems give to connections (Linux: from 32768):
// else a connection to a port whose broker is away could get that very port, and reach itself.
const (
	firstPort = 20000
	ports     = 12000
)

var given = struct {
	sync.Mutex
	ports map[int]bool
}{ports: map[int]bool{}}

// FreePort finds a port of 127.0.0.1 for a broker that comes later. It gives none twice in one
// process. Safe for concurrent use.
func FreePort() (int, error) {
	given.Lock()
	defer given.Unlock()
	for range 1000 {
		port := firstPort + rand.IntN(ports)
		if given.ports[port] {
			continue
		}
		if l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
			given.ports[port] = true
			return port, l.Close()
		}
	}
	return 0, errors.New("no port is free")
}
