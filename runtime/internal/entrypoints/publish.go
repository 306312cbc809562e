package entrypoints

import (
	"context"
	"errors"
	"net/http"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// Check lists what is wrong with a message: its headers, then its body. headers nil: they are
// not checked. The error is a CodeInvalidMessage with one violation for each broken rule.
func (p *Publishing) Check(body []byte, headers http.Header) error {
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

// RunHook calls the publish hook, which may change the record. A hook's error that has no code
// refuses the message: its text is meant for the client.
func (p *Publishing) RunHook(ctx context.Context, r *http.Request, params map[string]string, rec *core.Record) error {
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
