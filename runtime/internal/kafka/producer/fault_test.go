package producer

import (
	"net"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/test/ports"
)

// freePort gives a port where nobody listens now.
func freePort(t *testing.T) int {
	t.Helper()
	port, err := ports.Free()
	if err != nil {
		t.Fatal(err)
	}
	return port
}

func address(port int) string {
	return (&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}).String()
}

// recovers sends until a record is taken; after 30 s the test fails. Each refusal on the way
// must have the code.
func recovers(t *testing.T, p *Producer, code core.Code) core.Receipt {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		a := wait(t, send(p, &core.Record{Topic: "orders"}))
		if a.err == nil {
			return a.receipt
		}
		wantCode(t, a, code)
	}
	t.Fatal("no record was taken within 30s")
	return core.Receipt{}
}

func TestBrokerAbsentAtStart(t *testing.T) {
	port := freePort(t)
	c := connect(t, address(port))
	p := open(t, c, Config{Timeout: 30 * time.Second}, endpoint.Balanced)

	start := time.Now()
	wantCode(t, wait(t, send(p, &core.Record{Topic: "orders"})), core.CodeBrokerUnavailable)
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("first record: refused after %s, want about 1s", took)
	}
	start = time.Now()
	a := wait(t, send(p, &core.Record{Topic: "orders"}))
	wantCode(t, a, core.CodeBrokerUnavailable)
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("second record: refused after %s, want at once", took)
	}
	broker(t, kfake.Ports(port), kfake.SeedTopics(1, "orders"))
	if r := recovers(t, p, core.CodeBrokerUnavailable); r.Offset != 0 {
		t.Errorf("first record taken: got offset %d, want 0: a refused record was written", r.Offset)
	}
}

func TestBrokerGoneInTheMiddle(t *testing.T) {
	port, dir := freePort(t), t.TempDir()
	first, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.Ports(port), kfake.DataDir(dir), kfake.SeedTopics(1, "orders"))
	if err != nil {
		t.Fatal(err)
	}
	c := connect(t, address(port))
	p := open(t, c, Config{Timeout: 300 * time.Millisecond}, endpoint.Balanced)
	if a := wait(t, send(p, &core.Record{Topic: "orders"})); a.err != nil {
		t.Fatal(a.err)
	}
	first.Close()

	wantCode(t, wait(t, send(p, &core.Record{Topic: "orders"})), core.CodeOutcomeUnknown)
	// A record that was tried would be of unknown outcome too.
	wantCode(t, wait(t, send(p, &core.Record{Topic: "orders"})), core.CodeBrokerUnavailable)
	broker(t, kfake.Ports(port), kfake.DataDir(dir))
	recovers(t, p, core.CodeBrokerUnavailable)
}
