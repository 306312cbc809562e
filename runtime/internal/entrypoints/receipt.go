package entrypoints

import (
	"encoding/base64"
	"strconv"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/web"
)

// AppendReceipt appends the members id and records of a message that each topic has:
//
//	"id":"…","records":[{"topic":"orders","partition":0,"offset":41,"timestamp":"…"}]
//
// The id is a cursor: who starts there reads what came after the message.
func AppendReceipt(dst []byte, p Publication, results []core.Result) []byte {
	dst = append(dst, `"id":"`...)
	var space [128]byte
	id := append(space[:0], p.IDPrefix()...)
	id = appendID(id, results)
	if p.EncodeIDs() {
		dst = base64.StdEncoding.AppendEncode(dst, id)
	} else {
		dst = append(dst, id...) // topic names and numbers need no escape
	}
	dst = append(dst, `","records":[`...)
	for i := range results {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = web.AppendReceipt(dst, results[i].Receipt)
	}
	return append(dst, ']')
}

// appendID appends the plain id of the places where a message landed (design: message ids).
func appendID(dst []byte, results []core.Result) []byte {
	for i := range results {
		if i > 0 {
			dst = append(dst, ';')
		}
		r := &results[i].Receipt
		dst = append(dst, r.Topic...)
		dst = append(dst, '@')
		dst = strconv.AppendInt(dst, int64(r.Partition), 10)
		dst = append(dst, '#')
		dst = strconv.AppendInt(dst, r.Offset, 10)
	}
	return dst
}
