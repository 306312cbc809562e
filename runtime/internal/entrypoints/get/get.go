// Package get is the entrypoint http-get: a request pulls a page of records.
package get

import (
	"errors"
	"fmt"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
	"github.com/penstock-dev/penstock/runtime/internal/web"
)

// config is the configuration of the entrypoint.
type config struct {
	QoS                     string `json:"qos"`
	MessagesLimitCount      int    `json:"messagesLimitCount"`
	MessagesLimitDurationMs int64  `json:"messagesLimitDurationMs"`
	HeadersInPayload        bool   `json:"headersInPayload"`
	MetadataInPayload       bool   `json:"metadataInPayload"`
}

// handler serves one operation. Safe for concurrent use.
type handler struct {
	host     *entrypoints.Host
	op       *entrypoints.Operation
	kind     endpoint.Kind
	level    endpoint.QoS
	most     int
	duration time.Duration // 0: only the count ends an answer
	formats  map[string]format
}

// New makes the handler of an http-get entrypoint.
//
// Options: qos (balanced), messagesLimitCount (500), messagesLimitDurationMs (5000; 0: no
// limit), headersInPayload (false), metadataInPayload (false).
func New(host *entrypoints.Host, op *entrypoints.Operation, e endpoint.Entrypoint) (echo.HandlerFunc, error) {
	if op.Subscribe == nil {
		return nil, errors.New("http-get: the operation has no consumer")
	}
	cfg, err := entrypoints.Decode(e, config{MessagesLimitCount: 500, MessagesLimitDurationMs: 5000})
	if err != nil {
		return nil, err
	}
	if cfg.MessagesLimitCount < 1 || cfg.MessagesLimitDurationMs < 0 {
		return nil, fmt.Errorf("http-get: messagesLimitCount %d must be 1 or more, messagesLimitDurationMs %d not negative",
			cfg.MessagesLimitCount, cfg.MessagesLimitDurationMs)
	}
	level, err := entrypoints.Level(e.Kind, endpoint.Subscribing, cfg.QoS)
	if err != nil {
		return nil, err
	}
	h := &handler{
		host: host, op: op, kind: e.Kind, level: level,
		most:     cfg.MessagesLimitCount,
		duration: time.Duration(cfg.MessagesLimitDurationMs) * time.Millisecond,
		formats:  newFormats(op, cfg),
	}
	return h.serve, nil
}

// serve answers one request.
func (h *handler) serve(c echo.Context) error {
	r := c.Request()
	web.VaryByAccept(c.Response().Header())
	mediaType, err := web.Negotiate(r.Header, web.JSON, web.XML, web.Text)
	if err != nil {
		return err
	}
	query, err := entrypoints.Query(r, entrypoints.CursorParameter, "limit", "ack")
	if err != nil {
		return err
	}
	limit, err := parseLimit(query.Get("limit"))
	if err != nil {
		return err
	}
	ackCursor, err := h.parseAck(query)
	if err != nil {
		return err
	}
	x, leave, err := h.host.Admit(c, h.op, h.kind)
	if err != nil {
		return err
	}
	defer leave()
	if h.host.IsDraining() {
		return core.NewError(core.CodeDraining, "")
	}
	stream, err := h.op.Subscribe.Open(r.Context(), x, qos.Reading{
		Kind: h.kind, Level: h.level,
		Cursor: entrypoints.Cursor(query), AckCursor: ackCursor, Wait: h.duration,
	})
	if err != nil {
		return err
	}
	p := newPage(h, c, stream, mediaType, limit)
	p.expiry = entrypoints.NewExpiry(x.Caller)
	defer p.expiry.Stop()
	defer p.free(r.Context())
	return p.serve(r.Context())
}
