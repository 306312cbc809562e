package entrypoints

import (
	"encoding/base64"
	"strconv"
	"unicode/utf8"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/web"
)

// AppendMetadata appends the metadata of a record as an object: topic, partition, offset,
// sourceTimestamp (milliseconds since 1970) and, if the record has one, key. A key that is not
// UTF-8 is keyBytes, as base64.
func AppendMetadata(dst []byte, rec *core.Record) []byte {
	dst = append(dst, `{"topic":`...)
	dst = web.AppendString(dst, rec.Topic)
	dst = append(dst, `,"partition":`...)
	dst = strconv.AppendInt(dst, int64(rec.Partition), 10)
	dst = append(dst, `,"offset":`...)
	dst = strconv.AppendInt(dst, rec.Offset, 10)
	dst = append(dst, `,"sourceTimestamp":`...)
	dst = strconv.AppendInt(dst, rec.Timestamp.UnixMilli(), 10)
	if rec.Key != nil {
		dst = append(dst, ',')
		dst = AppendKey(dst, rec.Key)
	}
	return append(dst, '}')
}

// AppendKey appends the member key, or keyBytes as base64 when the key is not UTF-8.
func AppendKey(dst, key []byte) []byte {
	if utf8.Valid(key) {
		dst = append(dst, `"key":`...)
		return web.AppendString(dst, key)
	}
	dst = append(dst, `"keyBytes":"`...)
	dst = base64.StdEncoding.AppendEncode(dst, key)
	return append(dst, '"')
}

// MetadataField is one value of a record's metadata, as text.
type MetadataField struct{ Name, Value string }

// Metadata lists the metadata of a record, for formats other than JSON; the names are those of
// AppendMetadata.
func Metadata(rec *core.Record) []MetadataField {
	fields := []MetadataField{
		{"topic", rec.Topic},
		{"partition", strconv.FormatInt(int64(rec.Partition), 10)},
		{"offset", strconv.FormatInt(rec.Offset, 10)},
		{"sourceTimestamp", strconv.FormatInt(rec.Timestamp.UnixMilli(), 10)},
	}
	switch {
	case rec.Key == nil:
	case utf8.Valid(rec.Key):
		fields = append(fields, MetadataField{"key", string(rec.Key)})
	default:
		fields = append(fields, MetadataField{"keyBytes", base64.StdEncoding.EncodeToString(rec.Key)})
	}
	return fields
}
