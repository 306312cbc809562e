package entrypoints

import (
	"context"
	"encoding/base64"
	"strings"
	"time"

	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// closeTimeout bounds the commit and the farewell of a stream whose client is gone or done.
const closeTimeout = 5 * time.Second

// EncodeID gives a plain id its form for clients; one that has it already stays as it is.
func EncodeID(id string, encoded bool) string {
	if !encoded || !strings.Contains(id, "@") {
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
