// Package client holds the web clients of test/faults: they publish and subscribe as a careful
// client would, reconnect when their connection breaks, and take everything down in the ledger.
package client

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/test/faults/internal/ledger"
	"github.com/penstock-dev/penstock/test/faults/internal/rig"
)

// Publisher sends messages at a steady pace until its context ends. No message is sent twice.
type Publisher struct {
	Ledger  *ledger.Ledger
	Via     ledger.Via
	Address string // host:port
	Name    string
	Every   time.Duration
	Padding int // bytes that make a message longer
}

const (
	patience = 10 * time.Second       // for an answer
	pause    = 100 * time.Millisecond // before connecting again
)

// payload is what a message holds.
type payload struct {
	ID      string `json:"id"`
	Padding string `json:"padding,omitempty"`
}

// message makes the seq-th message and takes it down.
func (p *Publisher) message(session string, seq int) (id string, body []byte) {
	id = fmt.Sprintf("%s-%d", p.Name, seq)
	body, _ = json.Marshal(payload{id, strings.Repeat("x", p.Padding)}) // two texts: nothing can fail
	p.Ledger.Send(id, p.Via, session, seq)
	return id, body
}

// receipt is the part of an answer that says where a message is; records is empty at level none.
type receipt struct {
	Records []struct {
		Partition int32 `json:"partition"`
		Offset    int64 `json:"offset"`
	} `json:"records"`
}

func (r *receipt) place() *ledger.Place {
	if len(r.Records) == 0 {
		return nil
	}
	return &ledger.Place{Partition: r.Records[0].Partition, Offset: r.Records[0].Offset}
}

// outcome is what a status says about a message (docs/qos.md): 4xx and 503 are definite.
func outcome(status int) ledger.Outcome {
	switch {
	case status >= 200 && status < 300:
		return ledger.Receipted
	case status >= 400 && status < 500, status == http.StatusServiceUnavailable:
		return ledger.Failed
	}
	return ledger.Unknown
}

// Post publishes over http-post, one message after the other.
func (p *Publisher) Post(ctx context.Context) {
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Timeout: patience}
	session := 0
	for seq := 0; ctx.Err() == nil; seq++ {
		id, body := p.message(fmt.Sprintf("%s/%d", p.Name, session), seq)
		result, at, err := p.post(client, body)
		p.Ledger.Answer(id, result, at)
		switch {
		case err != nil:
			rig.Sleep(ctx, pause)
			session++
		case result == ledger.Unknown:
			session++ // it may arrive after the next
		}
		rig.Sleep(ctx, p.Every)
	}
}

// post sends one message; the request is not given up when the run ends.
func (p *Publisher) post(client *http.Client, body []byte) (ledger.Outcome, *ledger.Place, error) {
	url := fmt.Sprintf("http://%s/%s/in", p.Address, p.Via.Level)
	response, err := client.Post(url, "application/json", strings.NewReader(string(body)))
	if err != nil {
		return ledger.Unknown, nil, err
	}
	defer func() { _ = response.Body.Close() }()
	result := outcome(response.StatusCode)
	if result == ledger.Failed && response.StatusCode != http.StatusServiceUnavailable {
		p.Ledger.Note(fmt.Sprintf("%s: status %d", p.Name, response.StatusCode))
	}
	if result != ledger.Receipted || p.Via.Level == endpoint.None {
		return result, nil, nil
	}
	var r receipt
	if err := json.NewDecoder(response.Body).Decode(&r); err != nil {
		return result, nil, err // the status alone says that it is in Kafka
	}
	return result, r.place(), nil
}
