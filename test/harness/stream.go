package harness

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Event is one event of a stream, or comments alone.
type Event struct {
	ID, Name, Data string
	Comments       []string
}

// Stream is an open stream of Server-Sent Events, read as the HTML standard says.
type Stream struct {
	Header http.Header
	Next   <-chan Event // closed when the stream has ended

	t      testing.TB
	cancel context.CancelFunc
	done   chan struct{}
}

// Stream opens a stream, which has to be answered with 200. It is closed with the test.
func (c *Client) Stream(path string, headers ...string) *Stream {
	c.T.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	answered := time.AfterFunc(Patience, cancel)
	request := c.Request(http.MethodGet, path, "", append([]string{"Accept: text/event-stream"}, headers...)...)
	response, err := c.HTTP.Do(request.WithContext(ctx))
	answered.Stop()
	if err != nil {
		cancel()
		c.T.Fatal(err)
	}
	if response.StatusCode != http.StatusOK || !strings.HasPrefix(response.Header.Get("Content-Type"), "text/event-stream") {
		answer := ReadAnswer(c.T, response)
		cancel()
		c.T.Fatalf("the stream was answered with %d %s", answer.Status, answer.Body)
	}
	next := make(chan Event, 1000)
	s := &Stream{Header: response.Header, Next: next, t: c.T, cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(s.done)
		defer close(next)
		defer func() { _ = response.Body.Close() }()
		read(ctx, response.Body, next)
	}()
	c.T.Cleanup(s.Close)
	return s
}

// Close leaves the stream and waits until it is closed on the client's side.
func (s *Stream) Close() {
	s.cancel()
	<-s.done
}

// read reads events until the stream ends or ctx does.
func read(ctx context.Context, body io.Reader, next chan<- Event) {
	in := bufio.NewReader(body)
	var now Event
	var data []string
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		field, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case line == "\n":
			now.Data = strings.Join(data, "\n")
			if len(data) > 0 || len(now.Comments) > 0 || now.Name != "" || now.ID != "" {
				select {
				case next <- now:
				case <-ctx.Done():
					return
				}
			}
			now, data = Event{}, nil
		case field == "":
			now.Comments = append(now.Comments, value)
		case field == "id":
			now.ID = value
		case field == "event":
			now.Name = value
		case field == "data":
			data = append(data, value)
		}
	}
}

// Event waits for the next event that has a name; comments alone are passed over.
func (s *Stream) Event() Event {
	s.t.Helper()
	deadline := time.After(Patience)
	for {
		select {
		case got, open := <-s.Next:
			if !open {
				s.t.Fatal("the stream has ended")
			}
			if got.Name != "" {
				return got
			}
		case <-deadline:
			s.t.Fatal("no event came in time")
		}
	}
}

// WantData checks the data of the next events and gives the last one.
func (s *Stream) WantData(want ...string) (last Event) {
	s.t.Helper()
	for _, data := range want {
		if last = s.Event(); last.Data != data {
			s.t.Fatalf("got %q (event %s), want %q", last.Data, last.Name, data)
		}
	}
	return last
}

// Ended waits for the end of the stream and gives the events before it.
func (s *Stream) Ended() []Event {
	s.t.Helper()
	var rest []Event
	deadline := time.After(Patience)
	for {
		select {
		case got, open := <-s.Next:
			if !open {
				return rest
			}
			rest = append(rest, got)
		case <-deadline:
			s.t.Fatal("the stream did not end in time")
		}
	}
}
