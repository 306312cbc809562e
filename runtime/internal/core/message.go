// Package core holds the types that every part of the runtime speaks: messages, records,
// errors with their codes, and secrets. It imports the standard library only.
package core

import (
	"net/http"
	"time"
)

// Header is one record header. Values are text on the web side and bytes in Kafka.
type Header struct {
	Name  string
	Value []byte
}

// Record is one message as bytes, on its way to or from Kafka.
//
// A record that was read is shared by every stream that delivers it: nobody changes it, a
// subscribe hook gets a copy. Value is nil for a tombstone, empty for an empty payload.
type Record struct {
	Topic     string
	Partition int32
	Offset    int64
	Timestamp time.Time
	Key       []byte
	Value     []byte
	Headers   []Header

	// Pinned says that a publisher chose the partition; otherwise the key decides, or nothing.
	Pinned bool
	// Attributes are those of a message that is published. They are not written.
	Attributes Attributes
}

// Size is the number of bytes the record counts for against a memory limit.
func (r *Record) Size() int {
	n := len(r.Key) + len(r.Value) + len(r.Topic) + 96
	for _, h := range r.Headers {
		n += len(h.Name) + len(h.Value) + 40
	}
	return n
}

// Message is what a hook sees: one message, decoded.
//
// A publish hook may change Payload, Key and Headers, and set Attributes, which can choose topics
// and key (section "attributes" of docs/dynamic-configuration.md). Topic, Partition, Offset and Timestamp
// are set for subscribe hooks only. Request is nil where one result serves many readers.
type Message[T any] struct {
	Payload    T
	Tombstone  bool // there is no payload: Payload is the zero value
	Key        []byte
	Headers    []Header
	Topic      string
	Partition  int32
	Offset     int64
	Timestamp  time.Time
	Request    *http.Request
	Params     map[string]string // path parameters of a publish request
	Attributes *Attributes       // of a message that is published; nil for subscribe hooks
}

// Receipt says where a published record landed.
type Receipt struct {
	Topic     string    `json:"topic"`
	Partition int32     `json:"partition"`
	Offset    int64     `json:"offset"`
	Timestamp time.Time `json:"timestamp"`
}

// Result is what became of a message in one of its topics: a receipt, or an error.
type Result struct {
	Topic   string
	Receipt Receipt
	Err     error
}
