// Package sse is the entrypoint sse: Server-Sent Events (HTML standard, section 9.2).
package sse

import (
	"errors"
	"fmt"
	"strings"
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
	QoS                   string `json:"qos"`
	HeartbeatIntervalInMs int64  `json:"heartbeatIntervalInMs"`
	MetadataAsComment     bool   `json:"metadataAsComment"`
	HeadersAsComment      bool   `json:"headersAsComment"`
}

// handler serves one operation. Safe for concurrent use.
type handler struct {
	host      *entrypoints.Host
	op        *entrypoints.Operation
	kind      endpoint.Kind
	level     endpoint.QoS
	heartbeat time.Duration
	encoders  [2]*encoder // for plain and for encoded ids; one for all clients, so that they share frames
}

// New makes the handler of an sse entrypoint.
//
// Options: qos (balanced), heartbeatIntervalInMs (5000), metadataAsComment (false),
// headersAsComment (false).
func New(host *entrypoints.Host, op *entrypoints.Operation, e endpoint.Entrypoint) (echo.HandlerFunc, error) {
	if op.Subscribe == nil {
		return nil, errors.New("sse: the operation has no consumer")
	}
	cfg, err := entrypoints.Decode(e, config{HeartbeatIntervalInMs: 5000})
	if err != nil {
		return nil, err
	}
	if cfg.HeartbeatIntervalInMs < 1 {
		return nil, fmt.Errorf("sse: heartbeatIntervalInMs %d must be 1 or more", cfg.HeartbeatIntervalInMs)
	}
	if strings.ContainsAny(op.Subscribe.EventName, "\r\n") {
		return nil, fmt.Errorf("sse: event name %q has a line break", op.Subscribe.EventName)
	}
	level, err := entrypoints.Level(e.Kind, endpoint.Subscribing, cfg.QoS)
	if err != nil {
		return nil, err
	}
	h := &handler{
		host: host, op: op, kind: e.Kind, level: level,
		heartbeat: time.Duration(cfg.HeartbeatIntervalInMs) * time.Millisecond,
		encoders:  [2]*encoder{newEncoder(op.Subscribe, cfg, false), newEncoder(op.Subscribe, cfg, true)},
	}
	return h.serve, nil
}

// serve answers one request. What opening a stream needs on the stack is left to enter: here it
// would be held for as long as the stream is open.
func (h *handler) serve(c echo.Context) error {
	s, gap, err := h.enter(c)
	if s == nil {
		return err
	}
	defer s.leave()
	defer s.expiry.Stop()
	s.serve(c.Request().Context(), gap)
	s.close(c.Request().Context())
	return nil
}

// enter opens the stream of a request. The session is nil when there is an error, or when the
// client has its answer already.
func (h *handler) enter(c echo.Context) (s *session, found *gap, err error) {
	r := c.Request()
	if _, err := web.Negotiate(r.Header, web.EventStream); err != nil {
		return nil, nil, err
	}
	query, err := entrypoints.Query(r, entrypoints.CursorParameter)
	if err != nil {
		return nil, nil, err
	}
	x, leave, err := h.host.Admit(c, h.op, h.kind)
	if core.CodeOf(err) == core.CodeDraining {
		return nil, nil, h.refuse(c, err)
	}
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if s == nil {
			leave()
		}
	}()
	if h.host.IsDraining() {
		return nil, nil, h.refuse(c, core.NewError(core.CodeDraining, ""))
	}
	cursor := r.Header.Get("Last-Event-ID") // a reconnecting EventSource asks for the same URL
	if cursor == "" {
		cursor = entrypoints.Cursor(query)
	}
	stream, found, err := h.open(r.Context(), x, qos.Reading{Kind: h.kind, Level: h.level, Cursor: cursor})
	switch {
	case transient(err) && !clientLeft(r, err):
		return nil, nil, h.refuse(c, err)
	case err != nil:
		return nil, nil, err
	}
	s = newSession(h, c, stream)
	s.leave, s.expiry = leave, entrypoints.NewExpiry(x.Caller)
	return s, found, nil
}

var _ qos.Encoder = (*encoder)(nil)
