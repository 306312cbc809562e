package server

import (
	"net/http"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/web"
)

// limitHeaders answers 431 to requests whose header is larger than the limit, in bytes of
// request line, names and values.
func limitHeaders(limit int64, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if headerSize(r) <= limit {
			next.ServeHTTP(w, r)
			return
		}
		e := core.NewError(core.CodeHeadersTooLarge, "the request's header is too large")
		w.Header().Set("Content-Type", web.ProblemType)
		w.Header().Set("Connection", "close")
		w.WriteHeader(e.Code.Status())
		_, _ = w.Write(web.AppendProblem(nil, e, ""))
	})
}

// headerSize counts a header as HTTP/1.1 writes it.
func headerSize(r *http.Request) int64 {
	const separators = len(": \r\n")
	size := len(r.Method) + len(r.RequestURI) + len(r.Host) + len("  HTTP/1.1\r\nHost: \r\n\r\n")
	for name, values := range r.Header {
		for _, value := range values {
			size += len(name) + len(value) + separators
		}
	}
	return int64(size)
}
