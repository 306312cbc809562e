// Package exchange is one request at an operation, as everything behind the entrypoints sees it:
// who sent it, what it asked for, and the attributes that it has got.
package exchange

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"time"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// Caller is who sent a request.
type Caller struct {
	Identity
	Address  string // remote address without port, as trusted proxies forward it
	Scheme   string // http or https, as the client asked; as trusted proxies forward it
	Host     string // that the client asked, with its port; as trusted proxies forward it
	ClientID string // X-Client-Identifier, checked
}

// Identity is what authentication found out. The zero value is an anonymous caller.
type Identity struct {
	Subject string
	// Claims are those of a token, or what else is known of the subject: texts, numbers (float64),
	// booleans, []any and map[string]any. Read only.
	Claims map[string]any
	// Expires is when the credentials end; zero: they do not. Streams end with them.
	Expires time.Time
}

// Fingerprint stands for the subject in logs: 16 hex digits of its sha256, as in group ids; "" for
// an anonymous caller.
func (i Identity) Fingerprint() string {
	if i.Subject == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(i.Subject))
	return hex.EncodeToString(sum[:8])
}

// Exchange is one request at an operation. One goroutine uses it at a time.
type Exchange struct {
	Kind       endpoint.Kind
	Request    *http.Request
	Params     map[string]string // path parameters
	Caller     Caller
	Attributes *core.Attributes // never nil: of middleware first, then of the document
	Body       []byte           // of a request that is one message; nil for streams of messages
	Received   time.Time
	// Choice is which endpoint serves the request, and how; package compile keeps it. nil: that is
	// open.
	Choice any
	ID     string // of the request, as the answer and the log have it; "" until somebody asks, see RequestID
}

// key is the context key of what is known of a request before it is at its operation.
type key struct{}

// Known is what the gateway knows of a request before it is at its operation.
type Known struct {
	Identity   Identity
	Attributes core.Attributes
	// Credentials are the headers in which callers of this gateway send keys, in canonical form:
	// no message gets them. Read only.
	Credentials []string
}

// With gives a context that carries what is known; known is filled in later.
func With(ctx context.Context, known *Known) context.Context {
	return context.WithValue(ctx, key{}, known)
}

// From finds what With put in; nil: nothing.
func From(ctx context.Context) *Known {
	known, _ := ctx.Value(key{}).(*Known)
	return known
}
