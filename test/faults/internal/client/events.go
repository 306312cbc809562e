package client

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// event is one event of a stream.
type event struct{ id, name, data string }

// events reads one stream of sse to its end, as an EventSource does: an event counts once its
// empty line is there. An error says why the stream did not start or was ended by the gateway.
func (s *Subscriber) events(ctx context.Context, session string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url("http", nil), http.NoBody)
	if err != nil {
		return err
	}
	request.Header.Set("Accept", "text/event-stream")
	if s.cursor != "" {
		request.Header.Set("Last-Event-ID", s.cursor)
	}
	transport := &http.Transport{DisableKeepAlives: true}
	response, err := transport.RoundTrip(request)
	if err != nil {
		return nil // the connection broke: that is what faults do
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(response.Body, 500))
		return fmt.Errorf("status %d: %s", response.StatusCode, text)
	}
	lines := bufio.NewReader(response.Body)
	for {
		e, ok := readEvent(lines)
		if !ok {
			return nil
		}
		switch e.name {
		case "goaway":
			continue // the end follows
		case "error", "gap":
			return fmt.Errorf("event %s: %s", e.name, e.data)
		}
		if e.data == "" {
			continue
		}
		if err := s.deliver(session, e.id, []byte(e.data), 1); err != nil {
			return err
		}
	}
}

// readEvent reads up to an empty line; false: the stream ended before.
func readEvent(r *bufio.Reader) (event, bool) {
	var e event
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return e, false
		}
		field, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case line == "\n":
			return e, true
		case field == "id":
			e.id = value
		case field == "event":
			e.name = value
		case field == "data":
			e.data += value
		}
	}
}
