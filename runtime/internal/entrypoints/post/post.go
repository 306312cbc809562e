// Package post is the entrypoint http-post: a body is one message, or with NDJSON one message a
// line.
package post

import (
	"errors"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
)

// config is the configuration of the entrypoint.
type config struct {
	QoS                     string `json:"qos"`
	RequestHeadersToMessage bool   `json:"requestHeadersToMessage"`
}

// handler serves one operation. Safe for concurrent use.
type handler struct {
	host        *entrypoints.Host
	op          *entrypoints.Operation
	kind        endpoint.Kind
	level       endpoint.QoS
	copyHeaders bool
	media       mediaTypes
}

// New makes the handler of an http-post entrypoint, for POST and PUT.
//
// Options: qos (balanced), requestHeadersToMessage (false). The operation itself has condition, key,
// partition, headers and tombstone.
func New(host *entrypoints.Host, op *entrypoints.Operation, e endpoint.Entrypoint) (echo.HandlerFunc, error) {
	h, err := newHandler(host, op, e)
	if err != nil {
		return nil, err
	}
	return h.serve, nil
}

func newHandler(host *entrypoints.Host, op *entrypoints.Operation, e endpoint.Entrypoint) (*handler, error) {
	if op.Publish == nil {
		return nil, errors.New("http-post: the operation has no producer")
	}
	cfg, err := entrypoints.Decode(e, config{})
	if err != nil {
		return nil, err
	}
	level, err := entrypoints.Level(e.Kind, endpoint.Publishing, cfg.QoS)
	if err != nil {
		return nil, err
	}
	return &handler{
		host: host, op: op, kind: e.Kind, level: level,
		copyHeaders: cfg.RequestHeadersToMessage,
		media:       newMediaTypes(op.Publish.Payload.ContentTypes),
	}, nil
}

// serve answers one request.
func (h *handler) serve(c echo.Context) error {
	r := c.Request()
	if coding := strings.Join(r.Header["Content-Encoding"], ", "); coding != "" && !strings.EqualFold(coding, "identity") {
		c.Response().Header().Set("Accept-Encoding", "identity") // RFC 9110, section 15.5.16
		return core.NewError(core.CodeUnsupportedMedia,
			"Content-Encoding "+strconv.Quote(coding)+" is not accepted: send the body as it is")
	}
	lines, err := h.media.check(r.Header["Content-Type"])
	if err != nil {
		return err
	}
	if lines {
		return h.serveLines(c)
	}
	return h.serveOne(c)
}
