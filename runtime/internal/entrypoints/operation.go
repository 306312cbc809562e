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
	"github.com/penstock-dev/penstock/runtime/internal/qos"
	"github.com/penstock-dev/penstock/runtime/internal/web"
)

// Operation is a mounted operation, compiled from its descriptor and its configuration.
type Operation struct {
	API, Name string
	Publish   *Publishing  // nil: no publisher
	Subscribe *Subscribing // nil: no subscriber
}

// Publishing is the way of a message from the web to Kafka.
type Publishing struct {
	Payload endpoint.Payload
	// Topics names the topics of a request, by its path parameters. Errors are *core.Error.
	Topics func(params map[string]string) ([]string, error)
	// CheckBody lists what is wrong with a payload; nil: nothing is checked. text may be kept.
	CheckBody func(body []byte) []core.Violation
	// CheckHeaders does the same for request headers; nil: nothing is checked.
	CheckHeaders func(http.Header) []core.Violation
	// Hook decodes the record, calls the typed hook and encodes again; nil: bytes pass.
	Hook func(ctx context.Context, r *http.Request, params map[string]string, rec *core.Record) error
	// EncodeIDs says whether the ids of receipts are base64 (consumer.encodeMessageId).
	EncodeIDs bool
	// Sink gives the writer for a level. Errors are *core.Error.
	Sink func(level endpoint.QoS) (qos.Sink, error)
}

// Subscribing is the way of records from Kafka to the web.
type Subscribing struct {
	Payload endpoint.Payload
	Topics  func(params map[string]string) ([]string, error)
	// Open opens a stream; the entrypoint fills Kind, Level, Topics, Cursor, Group and Wait of
	// the reading, the operation the rest.
	Open func(ctx context.Context, r qos.Reading) (qos.Stream, error)
	// EncodeIDs says whether ids are base64 (consumer.encodeMessageId).
	EncodeIDs bool
	// DeadLetters gives the writer for records that are given up on, which answers with receipts;
	// nil: the endpoint has no producer. Errors are *core.Error.
	DeadLetters func() (qos.Sink, error)
	// EventName is the name of the message, "message" when there are several.
	EventName string
}

// Caller is who sent a request.
type Caller struct {
	Subject  string // authenticated subject, else ""
	Address  string // remote address without port, X-Forwarded-For of trusted proxies applied
	ClientID string // X-Client-Identifier, checked
}

// Host is the gateway as an entrypoint sees it. Every exported field is set.
type Host struct {
	Log    *slog.Logger
	Limits Limits
	// Caller finds out who sent a request; an error is a *core.Error.
	Caller func(r *http.Request) (Caller, error)
	// Stream takes a place among the open streams; release gives it back.
	Stream func(c Caller) (release func(), err error)
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
