package metrics

import (
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

// TestDynamicClustersAreOneSeries: what requests choose is a value, never a label.
func TestDynamicClustersAreOneSeries(t *testing.T) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(OfKafka(func() Kafka {
		return Kafka{DynamicClients: 3, RefusedClients: 7, Clusters: []Cluster{
			{Endpoint: "default", Key: "0123abcd", States: map[string]int{"reachable": 1}, Producers: 1},
			{Endpoint: "default", Key: Dynamic, States: map[string]int{"reachable": 2, "unreachable": 1}, Producers: 4},
		}}
	}))
	want := `
# HELP penstock_broker_state 1 for the state that a cluster is in; of the dynamic ones, how many are in it.
# TYPE penstock_broker_state gauge
penstock_broker_state{cluster="0123abcd",endpoint="default",state="not-tried"} 0
penstock_broker_state{cluster="0123abcd",endpoint="default",state="reachable"} 1
penstock_broker_state{cluster="0123abcd",endpoint="default",state="unreachable"} 0
penstock_broker_state{cluster="dynamic",endpoint="default",state="not-tried"} 0
penstock_broker_state{cluster="dynamic",endpoint="default",state="reachable"} 2
penstock_broker_state{cluster="dynamic",endpoint="default",state="unreachable"} 1
# HELP penstock_dynamic_clients Clusters with one set of credentials each that requests chose.
# TYPE penstock_dynamic_clients gauge
penstock_dynamic_clients 3
# HELP penstock_dynamic_clients_refused_total Requests for which there was no room among the dynamic clients.
# TYPE penstock_dynamic_clients_refused_total counter
penstock_dynamic_clients_refused_total 7
`
	if err := testutil.GatherAndCompare(registry, strings.NewReader(want), "penstock_broker_state", "penstock_dynamic_clients", "penstock_dynamic_clients_refused_total"); err != nil {
		t.Error(err)
	}
}
