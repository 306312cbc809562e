package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"sync"

	"github.com/twmb/franz-go/pkg/kgo"
)

// lines writes one record per line of NDJSON and answers with one receipt per line, in order.
func lines(producer *kgo.Client) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var (
			written sync.WaitGroup
			records []*kgo.Record
			failed  sync.Map
		)
		// The outcome of a record that was handed over is waited for, whatever the client does.
		ctx := context.WithoutCancel(r.Context())
		scanner := bufio.NewScanner(r.Body)
		scanner.Buffer(make([]byte, 0, 64<<10), 1<<20)
		for scanner.Scan() {
			line := bytes.Clone(scanner.Bytes())
			if !json.Valid(line) {
				records = append(records, nil)
				continue
			}
			record := &kgo.Record{Value: line}
			records = append(records, record)
			written.Add(1)
			producer.Produce(ctx, record, func(record *kgo.Record, err error) {
				if err != nil {
					failed.Store(record, err)
				}
				written.Done()
			})
		}
		written.Wait()
		w.Header().Set("Content-Type", "application/x-ndjson")
		answer := make([]byte, 0, 96*len(records))
		for _, record := range records {
			switch _, bad := failed.Load(record); {
			case record == nil:
				answer = append(answer, `{"status":400}`...)
			case bad:
				answer = append(answer, `{"status":503}`...)
			default:
				answer = appendReceipt(answer, record)
			}
			answer = append(answer, '\n')
		}
		_, _ = w.Write(answer)
	}
}
