// Package qos is the seam between the web and Kafka: what an entrypoint may ask of a reader or
// a writer, whatever the level of the quality of service. Package kafka implements it;
// entrypoints never know which of the three readers is behind a Stream.
package qos

import (
	"context"
	"time"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// Stream delivers records to one web client. Its methods are called by one goroutine.
type Stream interface {
	// Poll gives the records that are ready, at most `most` of them (0: no bound). With none it
	// gives nil and a channel that is closed as soon as another Poll is worth a call.
	// An error ends the stream; records given before it stay valid.
	Poll(most int) (*Batch, <-chan struct{}, error)

	// Settle says that the records [0,n) of a batch were delivered: at balanced they may be
	// committed from now on. Batches are settled in the order in which Poll gave them.
	Settle(b *Batch, n int)

	// Ack settles the i-th record of a batch alone, in any order (at-least-once over WebSocket):
	// what lies before the first record without an Ack is committed. Records that a hook skipped
	// need none. It reports false when the record's partition was given up meanwhile: the record
	// may come again elsewhere. A stream uses Settle or Ack, not both.
	Ack(b *Batch, i int) bool

	// Holds reports whether an Ack of the i-th record, which has had none, would count: its
	// partition was not given up.
	Holds(b *Batch, i int) bool

	// Halt stops the partition of the i-th record for this stream: Poll gives no more of it until
	// the stream is closed (a record that was given up on, without a dead letter topic). What was
	// given before can still be settled.
	Halt(b *Batch, i int)

	// Cursor appends the id that means "received everything up to here", as plain text.
	// It is valid as soon as the stream is open, and empty at levels without ids.
	Cursor(dst []byte) []byte

	// Close commits what was settled, gives the partitions up and frees the reader. It waits
	// at most until ctx ends and is called exactly once.
	Close(ctx context.Context) error
}

// Reset says where a partition without a position starts.
type Reset string

// The values of consumer.autoOffsetReset.
const (
	Latest   Reset = "latest"
	Earliest Reset = "earliest"
	NoReset  Reset = "none"
)

// Reading says what one stream reads.
type Reading struct {
	Kind       endpoint.Kind // http-get reads groups as a simple consumer
	Level      endpoint.QoS
	Topics     []string
	Pattern    *Pattern // instead of Topics: every topic that matches, also those that appear later
	Reset      Reset
	CheckTopic bool       // missing topic: CodeTopicNotFound before any data
	Cursor     string     // as the client gave it, "" for none; ignored at balanced
	AckCursor  bool       // pulls with ids: settled records are committed by the next pull's Cursor
	Group      string     // levels with a group
	Owner      string     // whose members are bounded beside all members; "": nobody's
	Transform  *Transform // nil: records pass as they are
	// Wait bounds the opening of a simple consumer (http-get): its turn in the group.
	Wait time.Duration
}

// Pattern chooses topics by their names. Internal topics never match.
type Pattern struct {
	Text  string                 // equal texts match equal names
	Match func(name string) bool // of a whole topic name; safe for concurrent use
}

// Transform changes records on their way out: header removal and the subscribe hook. The
// pointer is its identity, by which a hub keeps results.
type Transform struct {
	// Apply must not change rec. It returns rec itself, a changed copy, or core.ErrSkip.
	// Any other error ends the streams that reach this record.
	Apply func(ctx context.Context, rec *core.Record) (*core.Record, error)
}

// Source opens streams on one Kafka cluster with one set of credentials. Safe for concurrent use.
type Source interface {
	// Open resolves the start positions before it returns, so that nothing produced afterwards
	// is missed. Errors are *core.Error: CodeInvalidCursor, CodeCursorGone (with Oldest),
	// CodeTopicNotFound, CodeNoInitialOffset, CodeGroupInUse, CodeTooManyClients,
	// CodeBrokerUnavailable, CodeReadTimeout.
	Open(ctx context.Context, r Reading) (Stream, error)
}

// Sink writes to one Kafka cluster with one set of credentials, level and compression. Safe for
// concurrent use.
type Sink interface {
	// Send writes one record. done runs exactly once, perhaps before Send returns, with the
	// place where the record landed or a *core.Error: CodeBrokerUnavailable and
	// CodeBackPressure only where the record is certainly not in Kafka, CodeOutcomeUnknown
	// when produce.timeout passed without an answer, CodeTooLarge, CodeTopicNotFound.
	// At level none done runs with a zero receipt once the record is handed over.
	// The record and its bytes belong to the sink from now on.
	Send(rec *core.Record, done func(core.Receipt, error))
}
