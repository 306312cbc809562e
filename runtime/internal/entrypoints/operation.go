// Package entrypoints holds what the web entrypoints share: the operation that they serve and
// the host that they run in. Each entrypoint is a package of its own below this one.
package entrypoints

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
	"github.com/penstock-dev/penstock/runtime/internal/web"
)

// Operation is a mounted operation, compiled from its descriptor and its configuration.
type Operation struct {
	API, Name string
	// Authorize refuses a request by the condition of its entrypoint; nil: none has one. The error
	// is a CodeForbidden.
	Authorize func(x *exchange.Exchange) error
	Publish   *Publishing  // nil: no publisher
	Subscribe *Subscribing // nil: no subscriber
}

// Publishing is the way of a message from the web to Kafka.
type Publishing struct {
	Payload endpoint.Payload
	// Prepare evaluates the configuration that the messages of a request get, after
	// authentication, once for a request or a socket. Errors are *core.Error.
	Prepare func(x *exchange.Exchange, level endpoint.QoS) (Publication, error)
	// CheckBody lists what is wrong with a payload; nil: nothing is checked. text may be kept.
	CheckBody func(body []byte) []core.Violation
	// CheckHeaders does the same for request headers; nil: nothing is checked.
	CheckHeaders func(http.Header) []core.Violation
	// Hook decodes the record, calls the typed hook and encodes again; nil: bytes pass.
	Hook func(ctx context.Context, r *http.Request, params map[string]string, rec *core.Record) error
}

// Publication is the configuration of the messages of one request or socket. Its methods may be
// called until Release, by one goroutine.
type Publication interface {
	// Compose fills what the entrypoint's options say about a message, before its hook sees it:
	// key, partition and headers; an empty body becomes a tombstone where the options say so.
	// Errors are *core.Error, 400.
	Compose(rec *core.Record) error
	// Address computes the attributes of a message that is about to be written, fills the key that
	// they name, and gives its topics, at least one. Errors are *core.Error.
	Address(rec *core.Record) ([]string, error)
	// Sink gives the writer. Errors are *core.Error.
	Sink() (qos.Sink, error)
	// EncodeIDs says whether the ids of receipts are base64 (consumer.encodeMessageId).
	EncodeIDs() bool
	// IDPrefix stands before the ids of receipts: "<endpoint>!" where there are several endpoints.
	IDPrefix() string
	// Release gives the clients of Kafka back, when the last message was answered.
	Release()
}

// Subscribing is the way of records from Kafka to the web.
type Subscribing struct {
	Payload endpoint.Payload
	// Open evaluates the configuration of a request and opens its stream; the entrypoint fills
	// Kind, Level, Cursor, AckCursor and Wait of the reading, the operation the rest. Errors are
	// *core.Error; the Oldest of a CodeCursorGone is as clients read it.
	Open func(ctx context.Context, x *exchange.Exchange, r qos.Reading) (*Opened, error)
	// WritesDeadLetters says whether streams have a writer for records that are given up on: whether
	// the endpoint has a producer.
	WritesDeadLetters bool
	// EventName is the name of the message, "message" when there are several.
	EventName string
}

// Opened is a stream and what its configuration says to the entrypoint. Closing it gives the
// clients of Kafka back.
type Opened struct {
	qos.Stream
	// EncodeIDs says whether ids are base64 (consumer.encodeMessageId).
	EncodeIDs bool
	// DeadLetterTopic is where records go that a WebSocket gives up on; "": there is none.
	DeadLetterTopic string
	// DeadLetters gives the writer for records that are given up on, which answers with receipts.
	// Errors are *core.Error.
	DeadLetters func() (qos.Sink, error)
}

// Host is the gateway as an entrypoint sees it. Every exported field is set.
type Host struct {
	Log    *slog.Logger
	Limits Limits
	// Caller finds out who sent a request; an error is a *core.Error.
	Caller func(r *http.Request) (exchange.Caller, error)
	// Stream takes a place among the open streams; release gives it back.
	Stream func(c exchange.Caller) (release func(), err error)
	// OriginAllowed says whether a browser's Origin may open a WebSocket on this host.
	OriginAllowed func(r *http.Request) bool
	// Draining is closed when the gateway asks its streams to go away.
	Draining <-chan struct{}
	Metrics  Metrics

	failures web.Sampler // of LogFailure
}

// Limits are the parts of the configuration that entrypoints keep.
type Limits struct {
	Body, NDJSONLine, WebSocketMessage, BytesPerStream int64
	WriteStall                                         time.Duration
}

// Metrics counts what entrypoints do. Safe for concurrent use; no call allocates.
type Metrics interface {
	Published(op *Operation, kind endpoint.Kind, records, bytes int)
	Delivered(op *Operation, kind endpoint.Kind, records, bytes int)
	StreamOpened(op *Operation, kind endpoint.Kind)
	StreamClosed(op *Operation, kind endpoint.Kind)
}
