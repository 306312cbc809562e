package runtime

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/scan"
)

// Pipe carries a typed hook to where messages are bytes. Typed makes one.
type Pipe interface {
	// publish calls the hook for a record on its way to Kafka and changes it in place.
	publish(ctx context.Context, r *http.Request, params map[string]string, rec *core.Record) error
	// subscribe calls the hook for a record that was read, and leaves it as it is: a change
	// gives a copy.
	subscribe(ctx context.Context, rec *core.Record) (*core.Record, error)
}

// Typed makes a pipe of a hook; a nil hook makes a nil pipe: bytes pass undecoded.
//
// The payload is decoded from JSON. Only what the hook changed is written into the bytes: properties
// that T does not know stay, those of changed list items aside. With []byte as T it is the raw bytes. A panic of the hook is FAILURE_INTERNAL. A publish hook's
// error refuses the message (400), with the error's text as the detail that the client reads,
// unless it is an *Error, which chooses for itself. A subscribe hook may return Skip; any other
// error ends the stream. Hooks run concurrently.
func Typed[T any](hook func(context.Context, *Message[T]) error) Pipe {
	if hook == nil {
		return nil
	}
	if raw, ok := any(hook).(func(context.Context, *Message[[]byte]) error); ok {
		return &pipe[[]byte]{hook: raw, codec: rawCodec{}}
	}
	return &pipe[T]{hook: hook, codec: jsonCodec[T]{}}
}

// codec turns payload bytes into a T and back.
type codec[T any] interface {
	decode(data []byte) (T, error)
	encode(payload T) ([]byte, error)
	// change writes the difference between two encodings into the original bytes.
	change(original, before, after []byte) []byte
}

type pipe[T any] struct {
	hook  func(context.Context, *Message[T]) error
	codec codec[T]
}

// publish implements Pipe.
func (p *pipe[T]) publish(ctx context.Context, r *http.Request, params map[string]string, rec *core.Record) error {
	msg := Message[T]{
		Key: rec.Key, Headers: rec.Headers, Timestamp: rec.Timestamp, Request: r, Params: params, Attributes: &rec.Attributes,
	}
	before, err := p.open(&msg, rec.Value)
	if err != nil {
		return invalidPayload(err)
	}
	if err := call(ctx, p.hook, &msg); err != nil {
		return refused(err)
	}
	value, err := p.close(&msg, before, rec.Value)
	if err != nil {
		return core.Wrap(core.CodeInternal, "publish hook", err)
	}
	rec.Key, rec.Headers, rec.Value = msg.Key, msg.Headers, value
	return nil
}

// subscribe implements Pipe.
func (p *pipe[T]) subscribe(ctx context.Context, rec *core.Record) (*core.Record, error) {
	msg := Message[T]{
		Key: slices.Clone(rec.Key), Headers: cloneHeaders(rec.Headers), Topic: rec.Topic,
		Partition: rec.Partition, Offset: rec.Offset, Timestamp: rec.Timestamp,
	}
	before, err := p.open(&msg, rec.Value)
	if err != nil {
		return nil, core.Wrap(core.CodeInternal, "subscribe hook", fmt.Errorf("decode %s@%d#%d: %w", rec.Topic, rec.Partition, rec.Offset, err))
	}
	if err := call(ctx, p.hook, &msg); err != nil {
		if errors.Is(err, core.ErrSkip) {
			return nil, core.ErrSkip
		}
		return nil, core.Wrap(core.CodeInternal, "subscribe hook", err)
	}
	value, err := p.close(&msg, before, rec.Value)
	if err != nil {
		return nil, core.Wrap(core.CodeInternal, "subscribe hook", err)
	}
	changed := *rec
	changed.Key, changed.Headers, changed.Value = msg.Key, msg.Headers, value
	return &changed, nil
}

// cloneHeaders copies names and values: a hook may write into both.
func cloneHeaders(headers []core.Header) []core.Header {
	out := slices.Clone(headers)
	for i := range out {
		out[i].Value = slices.Clone(out[i].Value)
	}
	return out
}

// open decodes a value into the message. It returns the payload's encoding before the hook saw
// it, because comparing encodings is the only way to notice a change of any type.
func (p *pipe[T]) open(msg *Message[T], value []byte) ([]byte, error) {
	if value == nil {
		msg.Tombstone = true
		return nil, nil
	}
	payload, err := p.codec.decode(value)
	if err != nil {
		return nil, err
	}
	msg.Payload = payload
	return p.codec.encode(payload)
}

// close gives the value after the hook: the original bytes where the hook changed nothing.
func (p *pipe[T]) close(msg *Message[T], before, original []byte) ([]byte, error) {
	if msg.Tombstone {
		return nil, nil
	}
	after, err := p.codec.encode(msg.Payload)
	if err != nil {
		return nil, err
	}
	switch {
	case original == nil: // it was a tombstone
		return after, nil
	case bytes.Equal(before, after):
		return original, nil
	}
	return p.codec.change(original, before, after), nil
}

// panicked is a panic of a hook, with the stack for the log.
type panicked struct {
	value any
	stack []byte
}

func (p *panicked) Error() string { return fmt.Sprintf("hook panicked: %v\n%s", p.value, p.stack) }

// call runs a hook and turns a panic into an error.
func call[T any](ctx context.Context, hook func(context.Context, *Message[T]) error, msg *Message[T]) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &panicked{value: v, stack: debug.Stack()}
		}
	}()
	return hook(ctx, msg)
}

// refused is the answer to a message that a publish hook did not let pass.
func refused(err error) error {
	var coded *core.Error
	if errors.As(err, &coded) {
		return err
	}
	var p *panicked
	if errors.As(err, &p) {
		return core.Wrap(core.CodeInternal, "publish hook", err)
	}
	return &core.Error{Code: core.CodeRefusedByHook, Op: "publish hook", Detail: err.Error(), Err: err}
}

// invalidPayload is the answer to a payload that its Go type cannot hold.
func invalidPayload(err error) error {
	v := core.Violation{Detail: "is not what this operation accepts"}
	var mismatch *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &mismatch):
		v.Detail = fmt.Sprintf("%s does not fit here", mismatch.Value)
		v.Pointer = pointer(mismatch.Field)
	case errors.As(err, &syntax):
		v.Detail = scan.NotJSON
	}
	return &core.Error{Code: core.CodeInvalidMessage, Op: "decode", Violations: []core.Violation{v}, Err: err}
}
