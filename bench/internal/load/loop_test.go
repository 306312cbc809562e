package load

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return strings.TrimPrefix(s.URL, "http://")
}

func post(body string) []byte {
	return fmt.Appendf(nil, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
}

func TestLoopCountsWhatTheServerSaw(t *testing.T) {
	var seen atomic.Int64
	address := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n := seen.Add(1)
		_, _ = io.Copy(io.Discard, r.Body)
		if n%10 == 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusAccepted)
		_, _ = io.WriteString(w, "ok")
	})
	l, err := NewLoop(address, 4, post("hello"), http.StatusAccepted, 3)
	if err != nil {
		t.Fatal(err)
	}
	s, err := l.Run(context.Background(), 50*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	total := int(seen.Load())
	if s.Done != 3*(total-total/10) || s.Failed != 3*(total/10) || int(s.Latency.Count()) != total || total == 0 {
		t.Errorf("%d done, %d failed, %d latencies; the server saw %d", s.Done, s.Failed, s.Latency.Count(), total)
	}
	if s.Elapsed < 50*time.Millisecond {
		t.Errorf("elapsed %v", s.Elapsed)
	}
}

// TestLargeBodiesBothWays: the server answers while it still reads, more than sockets hold.
func TestLargeBodiesBothWays(t *testing.T) {
	address := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).EnableFullDuplex()
		_, _ = io.Copy(w, r.Body)
	})
	c, err := Dial(address)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if status, err := c.Do(post(strings.Repeat("x", 16<<20))); status != 200 || err != nil {
			t.Errorf("status %d, %v", status, err)
		}
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

func TestBrokenConnectionIsAnError(t *testing.T) {
	address := serve(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	l, err := NewLoop(address, 1, post("x"), 200, 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Run(context.Background(), 10*time.Millisecond); err == nil || err.Error() != "connection 0: EOF" {
		t.Errorf("error %v", err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

// broadcast is a server of event streams.
type broadcast struct {
	mu      sync.Mutex
	clients []chan string
}

func (b *broadcast) serve(w http.ResponseWriter, r *http.Request) {
	c := make(chan string, 1000)
	b.mu.Lock()
	b.clients = append(b.clients, c)
	b.mu.Unlock()
	flush := http.NewResponseController(w)
	for flush.Flush() == nil {
		select {
		case text := <-c:
			_, _ = io.WriteString(w, text)
		case <-r.Context().Done():
			return
		}
	}
}

func (b *broadcast) send(_ context.Context, at time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.clients {
		c <- fmt.Sprintf("id: 1\ndata: {\"a\":1,\"sentAt\":%d}\n\n: comment\n\n", at.UnixNano())
	}
	return nil
}

func TestStreamsCountEveryMessage(t *testing.T) {
	b := new(broadcast)
	address := serve(t, b.serve)
	s, err := OpenStreams(address, 5, []byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), 200, b.send)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		slice, err := s.Run(context.Background(), 50*time.Millisecond)
		if err != nil {
			t.Fatal(err)
		}
		if slice.Done != 50 || slice.Failed != 0 || slice.Latency.Count() != 50 || slice.Latency.Quantile(1) > 5*time.Second {
			t.Errorf("%+v, %d latencies up to %v", slice, slice.Latency.Count(), slice.Latency.Quantile(1))
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestRefusedStreamIsAnError(t *testing.T) {
	address := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	_, err := OpenStreams(address, 1, []byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), 1, nil)
	if err == nil || err.Error() != "the stream was refused with status 503" {
		t.Errorf("error %v", err)
	}
}
