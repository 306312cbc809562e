package main

import (
	"io"
	"net/http"
	"strconv"

	"github.com/twmb/franz-go/pkg/kgo"
)

// post writes one record and waits until every replica has it.
func post(producer *kgo.Client) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, "cannot read the body", http.StatusBadRequest)
			return
		}
		record, err := producer.ProduceSync(r.Context(), &kgo.Record{Value: body}).First()
		if err != nil {
			http.Error(w, "not written", http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusAccepted)
		_, _ = w.Write(appendReceipt(make([]byte, 0, 96), record))
	}
}

// appendReceipt says where a record landed.
func appendReceipt(dst []byte, record *kgo.Record) []byte {
	dst = append(dst, `{"topic":"`...)
	dst = append(dst, record.Topic...)
	dst = append(dst, `","partition":`...)
	dst = strconv.AppendInt(dst, int64(record.Partition), 10)
	dst = append(dst, `,"offset":`...)
	dst = strconv.AppendInt(dst, record.Offset, 10)
	return append(dst, '}')
}
