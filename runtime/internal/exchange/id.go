package exchange

import (
	"math/rand/v2"
	"net/http"
	"strconv"
)

// maxID is the longest request id that is taken from a client.
const maxID = 128

// RequestID takes the id that a client or proxy gave in X-Request-Id if it is harmless: up to 128
// visible characters of ASCII without quotes and backslashes. Otherwise it makes one.
func RequestID(r *http.Request) string {
	id := r.Header.Get("X-Request-Id")
	if id != "" && len(id) <= maxID && harmless(id) {
		return id
	}
	return strconv.FormatUint(rand.Uint64()|1<<63, 16) //nolint:gosec // an id for logs, not a secret
}

func harmless(id string) bool {
	for i := range len(id) {
		if c := id[i]; c <= ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}
