package client

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/penstock-dev/penstock/test/faults/internal/ledger"
	"github.com/penstock-dev/penstock/test/faults/internal/rig"
)

const (
	subprotocol = "penstock.v1"
	mostFrame   = 4 << 20 // bytes
)

// dial opens a socket; ctx bounds the handshake only.
func dial(ctx context.Context, url string) (*websocket.Conn, int, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	c, response, err := websocket.Dial(ctx, url, &websocket.DialOptions{Subprotocols: []string{subprotocol}})
	if err != nil {
		status := 0
		if response != nil {
			status = response.StatusCode
		}
		return nil, status, err
	}
	c.SetReadLimit(mostFrame)
	return c, 0, nil
}

// Socket publishes over websocket: it does not wait for receipts before it sends the next.
func (p *Publisher) Socket(ctx context.Context) {
	seq := 0
	for session := 0; ctx.Err() == nil; session++ {
		c, _, err := dial(ctx, fmt.Sprintf("ws://%s/%s/in", p.Address, p.Via.Level))
		if err != nil {
			rig.Sleep(ctx, pause)
			continue
		}
		var answers sync.WaitGroup
		answers.Go(func() { p.answers(c) })
		seq = p.frames(ctx, c, fmt.Sprintf("%s/%d", p.Name, session), seq)
		_ = c.Close(websocket.StatusNormalClosure, "") // or it is broken already
		answers.Wait()
		rig.Sleep(ctx, pause)
	}
}

// frames sends messages until the run ends or the socket breaks. At the end it leaves time for
// the last answers.
func (p *Publisher) frames(ctx context.Context, c *websocket.Conn, session string, seq int) int {
	for ; ctx.Err() == nil; seq++ {
		id, body := p.message(session, seq)
		frame := fmt.Sprintf(`{"type":"publish","ref":%q,"key":"k%d","content":%s}`, id, seq%8, body)
		write, cancel := context.WithTimeout(context.Background(), patience)
		err := c.Write(write, websocket.MessageText, []byte(frame))
		cancel()
		if err != nil {
			return seq + 1
		}
		rig.Sleep(ctx, p.Every)
	}
	time.Sleep(time.Second)
	return seq
}

// answers takes down receipts and problems until the socket ends.
func (p *Publisher) answers(c *websocket.Conn) {
	for {
		_, data, err := c.Read(context.Background())
		if err != nil {
			return
		}
		var f struct {
			Type, Ref, Code string
			Status          int
			receipt
		}
		if err := json.Unmarshal(data, &f); err != nil {
			p.Ledger.Note(fmt.Sprintf("%s: frame %q: %v", p.Name, data, err))
			continue
		}
		switch f.Type {
		case "receipt":
			p.Ledger.Answer(f.Ref, ledger.Receipted, f.place())
		case "problem":
			p.Ledger.Answer(f.Ref, outcome(f.Status), nil)
		}
	}
}
