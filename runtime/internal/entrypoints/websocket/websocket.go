// Package websocket is the entrypoint websocket (RFC 6455): one payload a frame, or JSON frames
// with the subprotocol penstock.v1. It publishes, subscribes, or both.
package websocket

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/coder/websocket"
	"github.com/labstack/echo/v4"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
)

// subprotocol is the name of the JSON frames, in Sec-WebSocket-Protocol.
const subprotocol = "penstock.v1"

const (
	// pingEvery keeps proxies from giving up a silent socket; most wait for 60 s.
	pingEvery = 25 * time.Second
	// pongWithin is when a client that does not answer a ping counts as gone. It is longer than
	// Kafka may hold up the reading of a socket that publishes.
	pongWithin = 30 * time.Second
)

// config is the configuration of the entrypoint.
type config struct {
	QoS             string `json:"qos"`
	Publisher       side   `json:"publisher"`
	Subscriber      side   `json:"subscriber"`
	DeadLetterTopic string `json:"deadLetterTopic"`
	Tombstone       bool   `json:"tombstone"`
}

type side struct {
	Enabled bool `json:"enabled"`
}

// handler serves one operation. Safe for concurrent use.
type handler struct {
	host                  *entrypoints.Host
	op                    *entrypoints.Operation
	kind                  endpoint.Kind
	level                 endpoint.QoS
	publishes, subscribes bool
	tombstones            bool   // a publish frame with content null is a tombstone
	plain                 *plain // one of each protocol for all clients, so that they share frames
	v1                    [2]*v1 // for plain and for encoded ids
	pingEvery, pongWithin time.Duration
	ackTimeout            time.Duration
	largeIDEvery          time.Duration
}

// acknowledges says that records wait for an acknowledgement of the client.
func (h *handler) acknowledges() bool { return h.subscribes && h.level == endpoint.AtLeastOnce }

// New makes the handler of a websocket entrypoint.
//
// Options: qos (balanced), publisher.enabled and subscriber.enabled (on where the operation has
// that direction), deadLetterTopic (none; for subscribers at level at-least-once; the operation computes
// it when a stream is opened), tombstone (false). The operation itself has condition, key, partition and
// headers.
func New(host *entrypoints.Host, op *entrypoints.Operation, e endpoint.Entrypoint) (echo.HandlerFunc, error) {
	h, err := newHandler(host, op, e)
	if err != nil {
		return nil, err
	}
	return h.serve, nil
}

func newHandler(host *entrypoints.Host, op *entrypoints.Operation, e endpoint.Entrypoint) (*handler, error) {
	cfg, err := entrypoints.Decode(e, config{
		Publisher: side{op.Publish != nil}, Subscriber: side{op.Subscribe != nil},
	})
	if err != nil {
		return nil, err
	}
	switch {
	case cfg.Publisher.Enabled && op.Publish == nil:
		return nil, errors.New("websocket: the publisher is enabled, but the operation has no producer")
	case cfg.Subscriber.Enabled && op.Subscribe == nil:
		return nil, errors.New("websocket: the subscriber is enabled, but the operation has no consumer")
	case !cfg.Publisher.Enabled && !cfg.Subscriber.Enabled:
		return nil, errors.New("websocket: neither publisher nor subscriber is enabled")
	}
	level, err := entrypoints.Level(e.Kind, endpoint.Subscribing, cfg.QoS)
	if err != nil {
		return nil, err
	}
	h := &handler{
		host: host, op: op, kind: e.Kind, level: level,
		publishes: cfg.Publisher.Enabled, subscribes: cfg.Subscriber.Enabled,
		tombstones: cfg.Tombstone,
		pingEvery:  pingEvery, pongWithin: pongWithin, ackTimeout: ackTimeout,
		largeIDEvery: largeIDEvery,
	}
	if cfg.DeadLetterTopic != "" {
		if err := h.checkDeadLetters(); err != nil {
			return nil, err
		}
	}
	h.plain, h.v1 = newPlain(h), [2]*v1{newV1(h, false), newV1(h, true)}
	return h, nil
}

// checkDeadLetters refuses a dead letter topic that nothing could be written to.
func (h *handler) checkDeadLetters() error {
	switch {
	case !h.acknowledges():
		return errors.New("websocket: deadLetterTopic is for a subscriber at level at-least-once")
	case !h.op.Subscribe.WritesDeadLetters:
		return errors.New("websocket: deadLetterTopic needs an endpoint whose producer is enabled")
	}
	return nil
}

// serve answers one request: with a problem, or with a socket until that is closed.
func (h *handler) serve(c echo.Context) error {
	r := c.Request()
	if err := checkHandshake(c); err != nil {
		return err
	}
	if !h.host.OriginAllowed(r) {
		return core.NewError(core.CodeNotAllowed, "web origin "+strconv.Quote(r.Header.Get("Origin"))+" may not open a WebSocket here")
	}
	if h.level == endpoint.AtLeastOnce && !hasToken(r.Header, "Sec-WebSocket-Protocol", subprotocol) {
		return core.NewError(core.CodeIncompatibleQoS, "level at-least-once needs the subprotocol "+subprotocol)
	}
	query, err := entrypoints.Query(r, entrypoints.CursorParameter)
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
	s := &socket{handler: h, exchange: x}
	defer s.release()
	defer s.closeStream(r.Context())
	if err := s.prepare(r.Context(), entrypoints.Cursor(query)); err != nil {
		return err
	}
	return h.upgrade(c, s)
}

// upgrade makes a socket of the connection and serves it.
func (h *handler) upgrade(c echo.Context, s *socket) error {
	up := &upgrader{Response: c.Response(), stall: h.host.Limits.WriteStall}
	conn, err := websocket.Accept(up, s.exchange.Request, &websocket.AcceptOptions{
		Subprotocols:       []string{subprotocol},
		InsecureSkipVerify: true, // the origin was checked against the configuration
		CompressionMode:    websocket.CompressionDisabled,
	})
	if err != nil {
		h.host.Log.Warn("upgrade failed", "operation", h.op.Name, "error", err)
		return nil // answered already
	}
	conn.SetReadLimit(-1) // read keeps the limit itself, and can name it
	s.conn, s.net, s.protocol = conn, up.conn, h.plain
	if strings.EqualFold(conn.Subprotocol(), subprotocol) { // as it was agreed on
		s.protocol = s.jsonFrames()
	}
	s.serve(context.WithoutCancel(s.exchange.Request.Context()))
	return nil
}
