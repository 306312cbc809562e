package get

import (
	"fmt"
	"net/url"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// parseAck reads the parameter ack: with "cursor" a page is committed when a later request
// presents its cursor, instead of when it is written. Only at-least-once has acknowledgements.
func (h *handler) parseAck(query url.Values) (cursor bool, err error) {
	if !query.Has("ack") {
		return false, nil
	}
	if given := query.Get("ack"); given != "cursor" {
		return false, core.NewError(core.CodeInvalidRequest, fmt.Sprintf("ack must be cursor, not %.40q", given))
	}
	if h.level != endpoint.AtLeastOnce {
		return false, core.NewError(core.CodeIncompatibleQoS, "ack=cursor is for level at-least-once; this operation has level "+string(h.level))
	}
	return true, nil
}
