package metrics

import "github.com/prometheus/client_golang/prometheus"

// Kafka is what the Kafka side holds at a moment.
type Kafka struct {
	HubBytes       int64
	HubEvictions   int64
	CatchUpReaders int
	DynamicClients int   // clusters that requests chose
	RefusedClients int64 // requests for which there was no room among them
	Clusters       []Cluster
}

// Dynamic is the Key of all clusters together that requests chose: each alone would be a series
// that a request can make.
const Dynamic = "dynamic"

// Cluster is what one cluster with one set of credentials holds at a moment, or all that requests
// chose at an endpoint.
type Cluster struct {
	Endpoint string         // name of the endpoint object
	Key      string         // tells clusters with equal names apart, without a trace of their logins; or Dynamic
	States   map[string]int // how many are in each of States

	Producers, Members int // clients by what they do

	GroupStreams, GroupPartitions int
	GroupBytes, GroupLag          int64
	BufferedRecords               int64
	BufferedBytes                 int64
	LostRecords                   int64
}

// States are the states of a cluster.
var States = []string{"not-tried", "reachable", "unreachable"}

var (
	clusterLabels = []string{"endpoint", "cluster"}

	hubBytes       = describe("penstock_hub_bytes", "Bytes of records that all hubs hold.")
	hubEvictions   = describe("penstock_hub_evictions_total", "Runs of records that hubs gave up to stay within their limits.")
	catchUpReaders = describe("penstock_catchup_readers", "Readers of what is older than the hub holds.")
	dynamicClients = describe("penstock_dynamic_clients", "Clusters with one set of credentials each that requests chose.")
	refusedClients = describe("penstock_dynamic_clients_refused_total", "Requests for which there was no room among the dynamic clients.")
	brokerState    = describe("penstock_broker_state", "1 for the state that a cluster is in; of the dynamic ones, how many are in it.", append(clusterLabels, "state")...)
	clients        = describe("penstock_kafka_clients", "Kafka clients by purpose: producer, member.", append(clusterLabels, "purpose")...)
	groupMembers   = describe("penstock_group_members", "Consumer group members.", clusterLabels...)
	groupStreams   = describe("penstock_group_streams", "Streams that share the group members.", clusterLabels...)
	groupPartition = describe("penstock_group_partitions", "Partitions that the group members own.", clusterLabels...)
	groupBytes     = describe("penstock_group_bytes", "Bytes of records that group members hold for their streams.", clusterLabels...)
	groupLag       = describe("penstock_group_lag_records", "Records between what was delivered to groups and the ends of their logs.", clusterLabels...)
	bufferRecords  = describe("penstock_produce_buffered_records", "Records that were handed over and not yet acknowledged.", clusterLabels...)
	bufferBytes    = describe("penstock_produce_buffered_bytes", "Bytes of records that were handed over and not yet acknowledged.", clusterLabels...)
	lostRecords    = describe("penstock_produce_lost_records_total", "Records of level none that were not written, as far as is known.", clusterLabels...)
)

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, labels, nil)
}

// kafka collects the Kafka side when somebody asks.
type kafka struct{ read func() Kafka }

// OfKafka makes a collector of the Kafka side; read is called for each collection.
func OfKafka(read func() Kafka) prometheus.Collector { return kafka{read} }

// Describe implements prometheus.Collector.
func (kafka) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		hubBytes, hubEvictions, catchUpReaders, dynamicClients, refusedClients, brokerState, clients, groupMembers, groupStreams, groupPartition,
		groupBytes, groupLag, bufferRecords, bufferBytes, lostRecords,
	} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (k kafka) Collect(ch chan<- prometheus.Metric) {
	now := k.read()
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	counter := func(d *prometheus.Desc, value float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, value, labels...)
	}
	gauge(hubBytes, float64(now.HubBytes))
	counter(hubEvictions, float64(now.HubEvictions))
	gauge(catchUpReaders, float64(now.CatchUpReaders))
	gauge(dynamicClients, float64(now.DynamicClients))
	counter(refusedClients, float64(now.RefusedClients))
	for _, c := range now.Clusters {
		for _, state := range States {
			gauge(brokerState, float64(c.States[state]), c.Endpoint, c.Key, state)
		}
		gauge(clients, float64(c.Producers), c.Endpoint, c.Key, "producer")
		gauge(clients, float64(c.Members), c.Endpoint, c.Key, "member")
		gauge(groupMembers, float64(c.Members), c.Endpoint, c.Key)
		gauge(groupStreams, float64(c.GroupStreams), c.Endpoint, c.Key)
		gauge(groupPartition, float64(c.GroupPartitions), c.Endpoint, c.Key)
		gauge(groupBytes, float64(c.GroupBytes), c.Endpoint, c.Key)
		gauge(groupLag, float64(c.GroupLag), c.Endpoint, c.Key)
		gauge(bufferRecords, float64(c.BufferedRecords), c.Endpoint, c.Key)
		gauge(bufferBytes, float64(c.BufferedBytes), c.Endpoint, c.Key)
		counter(lostRecords, float64(c.LostRecords), c.Endpoint, c.Key)
	}
}
