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
	encoder   *encoder // one for all clients, so that they share frames
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
		encoder:   newEncoder(op.Subscribe, cfg),
	}
	return h.serve, nil
}

// serve answers one request.
func (h *handler) serve(c echo.Context) error {
	r := c.Request()
	if _, err := web.Negotiate(r.Header, web.EventStream); err != nil {
		return err
	}
	query, err := entrypoints.Query(r)
	if err != nil {
		return err
	}
	params, err := entrypoints.Params(c)
	if err != nil {
		return err
	}
	caller, leave, err := h.host.Admit(c, h.op, h.kind)
	if core.CodeOf(err) == core.CodeDraining {
		return h.refuse(c, err)
	}
	if err != nil {
		return err
	}
	defer leave()
	if h.host.IsDraining() {
		return h.refuse(c, core.NewError(core.CodeDraining, ""))
	}
	cursor := r.Header.Get("Last-Event-ID") // a reconnecting EventSource asks for the same URL
	if cursor == "" {
		cursor = entrypoints.Cursor(query)
	}
	stream, gap, err := h.open(r.Context(), entrypoints.Subscription{
		Kind: h.kind, Level: h.level, Caller: caller, Params: params, Cursor: cursor,
	})
	switch {
	case transient(err):
		return h.refuse(c, err)
	case err != nil:
		return err
	}
	s := newSession(h, c, stream)
	s.serve(r.Context(), gap)
	if err := entrypoints.CloseStream(r.Context(), stream); err != nil {
		h.host.LogFailure(r.Context(), "stream not closed cleanly", h.op, err)
	}
	return nil
}

var _ qos.Encoder = (*encoder)(nil)
