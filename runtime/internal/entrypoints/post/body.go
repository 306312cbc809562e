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
		return readKnown(r.Body, int(r.ContentLength))
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

// firstPiece is how much memory a body gets before any of it has come. A client that only
// announces a large body must not cost more.
const firstPiece = 64 << 10

// readKnown reads a body of size bytes; small ones, the usual case, in one allocation.
func readKnown(src io.Reader, size int) ([]byte, error) {
	body := make([]byte, min(size, firstPiece))
	for read := 0; ; {
		n, err := io.ReadFull(src, body[read:])
		read += n
		switch {
		case err != nil:
			return nil, unread(err)
		case read == size:
			return body, nil
		}
		body = append(body, make([]byte, min(read, size-read))...)
	}
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
