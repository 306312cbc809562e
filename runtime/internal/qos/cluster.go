package qos

import "github.com/penstock-dev/penstock/runtime/endpoint"

// Cluster reads and writes one Kafka cluster with one set of credentials. Safe for concurrent use.
type Cluster interface {
	Source

	// Sink gives the writer of a level and a value of producer.compressionType, "" for none. It is
	// made when it is asked for the first time and shared. Errors are *core.Error:
	// CodeIncompatibleQoS, CodeConfigurationInvalid, CodeDraining, and CodeUnauthenticated where
	// the credentials of the request have ended.
	Sink(level endpoint.QoS, compression string) (Sink, error)

	// Usable reports whether the cluster is worth a request: it had an answer from a broker in
	// the last 30 s, was not tried, or nobody asked it anything since its last answer.
	Usable() bool
}
