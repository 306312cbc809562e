package get

import (
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
	"github.com/penstock-dev/penstock/runtime/internal/web"
)

// contentType is a media type as the header of an answer has it: JSON and XML say themselves how
// they are encoded.
func contentType(mediaType string) string {
	if mediaType == web.Text {
		return web.Text + "; charset=utf-8"
	}
	return mediaType
}

// format writes an answer piece by piece. Safe for concurrent use.
type format interface {
	// begin opens the answer.
	begin(dst []byte) []byte
	// item appends the i-th record of a batch, its id as base64 when encoded is set; n records
	// stand before it in the answer.
	item(dst []byte, b *qos.Batch, i, n int, encoded bool) []byte
	// end appends what failed (nil: nothing) and the pagination (nil: none), and closes.
	end(dst []byte, failed *core.Error, p *pagination) []byte
}

// pagination says where the next request goes on.
type pagination struct {
	nextCursor []byte
	limit      int // noLimit: the request has none
}

// layout is what the formats share: which parts an item has.
type layout struct {
	content           entrypoints.Content
	headers, metadata bool
}

func newFormats(op *entrypoints.Operation, cfg config) map[string]format {
	l := layout{
		content: entrypoints.NewContent(op.Subscribe.Payload),
		headers: cfg.HeadersInPayload, metadata: cfg.MetadataInPayload,
	}
	return map[string]format{web.JSON: jsonFormat{l}, web.XML: xmlFormat{l}, web.Text: textFormat{l}}
}
