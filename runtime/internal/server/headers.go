package server

import (
	"fmt"
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
		e := core.NewError(core.CodeHeadersTooLarge, fmt.Sprintf("the request's header is larger than %d bytes", limit))
		w.Header().Set("Content-Type", web.ProblemType)
		if r.ProtoMajor == 1 { // a connection of HTTP/2 has other clients of a proxy, too
			w.Header().Set("Connection", "close")
		}
		w.WriteHeader(e.Code.Status())
		_, _ = w.Write(web.AppendProblem(nil, e, ""))
	})
}

// closeAfterChunks ends an HTTP/1.1 connection after a request whose body comes in chunks: it may
// have had a Content-Length too, which net/http then takes away unseen. Another server on the way
// may have gone by that, and would take what follows for a request of its own (RFC 9112 section
// 6.1: the connection must end).
func closeAfterChunks(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor == 1 && len(r.TransferEncoding) > 0 {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
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
