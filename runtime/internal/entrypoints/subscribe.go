package entrypoints

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"time"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// closeTimeout bounds the commit and the farewell of a stream whose client is gone or done.
const closeTimeout = 5 * time.Second

// Subscription says what one web client wants to read.
type Subscription struct {
	Kind   endpoint.Kind
	Level  endpoint.QoS
	Caller Caller
	Params map[string]string
	Cursor string
	// AckCursor says that what is delivered counts as received when a later request has its cursor.
	AckCursor bool
	Wait      time.Duration // http-get: how long to wait for its turn
}

// OpenStream opens the stream of a subscription. Errors are *core.Error; the oldest cursor of a
// CodeCursorGone is an id as clients read it.
func (op *Operation) OpenStream(ctx context.Context, s Subscription) (qos.Stream, error) {
	topics, err := op.Subscribe.Topics(s.Params)
	if err != nil {
		return nil, err
	}
	reading := qos.Reading{
		Kind: s.Kind, Level: s.Level, Topics: topics, Cursor: s.Cursor, AckCursor: s.AckCursor, Wait: s.Wait,
	}
	if s.Level.Group() {
		reading.Group = GroupID(op, s.Kind, s.Caller)
	}
	stream, err := op.Subscribe.Open(ctx, reading)
	var coded *core.Error
	if errors.As(err, &coded) && coded.Code == core.CodeCursorGone {
		gone := *coded
		gone.Oldest = op.Subscribe.EncodeID(coded.Oldest)
		return nil, &gone
	}
	return stream, err
}

// EncodeID gives a plain id its form for clients; one that has it already stays as it is.
func (s *Subscribing) EncodeID(id string) string {
	if !s.EncodeIDs || !strings.Contains(id, "@") {
		return id
	}
	return base64.StdEncoding.EncodeToString([]byte(id))
}

// CloseStream closes a stream after its request, whose context may have ended already.
func CloseStream(ctx context.Context, s qos.Stream) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
	defer cancel()
	return s.Close(ctx)
}
