package post

import (
	"errors"
	"io"
	"net/http"
	"os"
	"strconv"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// readBody reads a whole body into memory of its own, which the record keeps. One above the
// limit is 413, at once where its length is known.
func readBody(r *http.Request, limit int64) ([]byte, error) {
	if r.ContentLength > limit {
		return nil, tooLarge("the body", limit)
	}
	if r.ContentLength >= 0 {
		body := make([]byte, r.ContentLength)
		if _, err := io.ReadFull(r.Body, body); err != nil {
			return nil, unread(err)
		}
		return body, nil
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	if err != nil {
		return nil, unread(err)
	}
	if int64(len(body)) > limit {
		return nil, tooLarge("the body", limit)
	}
	return body, nil
}

func tooLarge(what string, limit int64) error {
	return core.NewError(core.CodeTooLarge, what+" is larger than "+strconv.FormatInt(limit, 10)+" bytes")
}

// unread is the error of a body that did not arrive whole.
func unread(err error) error {
	var above *http.MaxBytesError
	if errors.As(err, &above) {
		return tooLarge("the body", above.Limit)
	}
	e := &core.Error{Code: core.CodeInvalidRequest, Op: "read body", Detail: "the body ended early", Err: err}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		e.Detail = "the body did not arrive in time"
	}
	return e
}
