package validate_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// TestConcurrentUse is for the race detector: one validator, many messages at once.
func TestConcurrentUse(t *testing.T) {
	native := compile(t, order())
	fallback := compile(t, &endpoint.Schema{JSON: endpoint.JSON(schemaText(order()))})
	broken := strings.Replace(small, "4711", "0", 1)
	var running sync.WaitGroup
	for range 8 {
		running.Go(func() {
			for range 50 {
				if found := native.Check([]byte(large)); found != nil {
					t.Errorf("%v", found)
				}
				if found := native.Check([]byte(broken)); len(found) != 1 || found[0].Pointer != "/customer/id" {
					t.Errorf("%v", found)
				}
				if found := fallback.Check([]byte(broken)); len(found) != 1 || found[0].Pointer != "/customer/id" {
					t.Errorf("by the fallback: %v", found)
				}
			}
		})
	}
	running.Wait()
}
