package main

import (
	"context"
	"net/http"
	"strconv"
	"sync"

	"github.com/twmb/franz-go/pkg/kgo"
)

// hub reads a topic once and sends the same frames to every client.
type hub struct {
	client  *kgo.Client
	mu      sync.Mutex
	clients map[chan []byte]struct{}
	done    chan struct{} // closed when reading has ended
}

// backlog is how many batches a client may be behind before it is dropped.
const backlog = 64

func newHub(ctx context.Context, seeds []string, topic string) (*hub, error) {
	client, err := kgo.NewClient(kgo.SeedBrokers(seeds...), kgo.ConsumeTopics(topic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtEnd()))
	if err != nil {
		return nil, err
	}
	h := &hub{client: client, clients: map[chan []byte]struct{}{}, done: make(chan struct{})}
	go h.read(ctx)
	return h, nil
}

func (h *hub) read(ctx context.Context) {
	defer close(h.done)
	defer h.client.Close()
	for ctx.Err() == nil {
		var frames []byte
		h.client.PollFetches(ctx).EachRecord(func(r *kgo.Record) {
			frames = append(frames, "id: "...)
			frames = strconv.AppendInt(frames, r.Offset, 10)
			frames = append(frames, "\nevent: message\ndata: "...)
			frames = append(frames, r.Value...)
			frames = append(frames, "\n\n"...)
		})
		if len(frames) > 0 {
			h.send(frames)
		}
	}
}

func (h *hub) send(frames []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.clients {
		select {
		case c <- frames:
		default:
			delete(h.clients, c)
			close(c)
		}
	}
}

func (h *hub) serve(w http.ResponseWriter, r *http.Request) {
	c := make(chan []byte, backlog)
	h.mu.Lock()
	h.clients[c] = struct{}{}
	h.mu.Unlock()
	defer func() {
		h.mu.Lock()
		delete(h.clients, c)
		h.mu.Unlock()
	}()
	w.Header().Set("Content-Type", "text/event-stream")
	_, _ = w.Write([]byte("retry: 1000\n\n"))
	flusher := http.NewResponseController(w)
	for flusher.Flush() == nil {
		select {
		case frames, open := <-c:
			if _, err := w.Write(frames); err != nil || !open {
				return
			}
		case <-r.Context().Done():
			return
		}
	}
}
