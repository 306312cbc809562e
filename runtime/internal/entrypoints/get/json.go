package get

import (
	"strconv"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
	"github.com/penstock-dev/penstock/runtime/internal/web"
)

// jsonFormat is {"items":[…],"error":{…},"pagination":{…}}.
type jsonFormat struct{ layout }

func (jsonFormat) begin(dst []byte) []byte { return append(dst, `{"items":[`...) }

func (f jsonFormat) item(dst []byte, b *qos.Batch, i, n int, encoded bool) []byte {
	if n > 0 {
		dst = append(dst, ',')
	}
	dst = append(dst, '{')
	if b.HasIDs() {
		dst = append(dst, `"id":"`...)
		dst = b.AppendID(dst, i, encoded) // neither form needs an escape
		dst = append(dst, '"', ',')
	}
	rec := b.Record(i)
	dst = f.content.AppendMembers(dst, rec.Value)
	if f.headers {
		dst = append(dst, `,"headers":`...)
		dst = entrypoints.AppendHeaders(dst, rec.Headers)
	}
	if f.metadata {
		dst = append(dst, `,"metadata":`...)
		dst = entrypoints.AppendMetadata(dst, rec)
	}
	return append(dst, '}')
}

func (jsonFormat) end(dst []byte, failed *core.Error, p *pagination) []byte {
	dst = append(dst, ']')
	if failed != nil {
		dst = append(dst, `,"error":`...)
		dst = web.AppendProblem(dst, failed, "")
	}
	if p != nil {
		dst = append(dst, `,"pagination":{"nextCursor":`...)
		dst = web.AppendString(dst, p.nextCursor)
		if p.limit != noLimit {
			dst = append(dst, `,"limit":`...)
			dst = strconv.AppendInt(dst, int64(p.limit), 10)
		}
		dst = append(dst, '}')
	}
	return append(dst, '}', '\n')
}
