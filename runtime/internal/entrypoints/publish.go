package entrypoints

import (
	"context"
	"errors"
	"net/http"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
)

// Ready takes a message from its client's bytes to the record that is written: check, options,
// hook, attributes. It gives the topics. headers nil: they are not checked. Errors are *core.Error.
//
// An empty body is checked after the options, which may make a tombstone of it.
func (p *Publishing) Ready(pub Publication, x *exchange.Exchange, rec *core.Record, headers http.Header) ([]string, error) {
	empty := len(rec.Value) == 0
	if !empty {
		if err := p.check(rec.Value, headers); err != nil {
			return nil, err
		}
	}
	if err := pub.Compose(rec); err != nil {
		return nil, err
	}
	if empty && rec.Value != nil {
		if err := p.check(rec.Value, headers); err != nil {
			return nil, err
		}
	}
	if err := p.runHook(x.Request.Context(), x.Request, x.Params, rec); err != nil {
		return nil, err
	}
	return pub.Address(rec)
}

// check lists what is wrong with a message: its headers, then its body. headers nil: they are
// not checked. The error is a CodeInvalidMessage with one violation for each broken rule.
func (p *Publishing) check(body []byte, headers http.Header) error {
	var violations []core.Violation
	if p.CheckHeaders != nil && headers != nil {
		violations = p.CheckHeaders(headers)
	}
	if p.CheckBody != nil {
		violations = append(violations, p.CheckBody(body)...)
	}
	if len(violations) == 0 {
		return nil
	}
	return &core.Error{Code: core.CodeInvalidMessage, Op: "check message", Violations: violations}
}

// runHook calls the publish hook, which may change the record. A hook's error that has no code
// refuses the message: its text is meant for the client.
func (p *Publishing) runHook(ctx context.Context, r *http.Request, params map[string]string, rec *core.Record) error {
	if p.Hook == nil {
		return nil
	}
	err := p.Hook(ctx, r, params, rec)
	var coded *core.Error
	if err == nil || errors.As(err, &coded) {
		return err
	}
	return &core.Error{Code: core.CodeRefusedByHook, Op: "publish hook", Detail: err.Error(), Err: err}
}
