package harness

import (
	"context"
	"errors"
	"net/http"
	"testing"

	ws "github.com/coder/websocket"
)

// Socket is an open WebSocket.
type Socket struct {
	Conn *ws.Conn
	t    testing.TB
}

// Dial opens a WebSocket; o may be nil. It is closed with the test. Where the gateway does not
// upgrade, the socket is nil, and the answer says why.
func (c *Client) Dial(path string, o *ws.DialOptions, headers ...string) (*Socket, *http.Response, error) {
	c.T.Helper()
	if o == nil {
		o = &ws.DialOptions{}
	}
	o.HTTPClient, o.HTTPHeader = c.HTTP, header(headers)
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	conn, response, err := ws.Dial(ctx, c.URL+path, o)
	if err != nil {
		return nil, response, err
	}
	c.T.Cleanup(func() { _ = conn.CloseNow() })
	return &Socket{conn, c.T}, response, nil
}

// Send sends a text.
func (s *Socket) Send(text string) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	if err := s.Conn.Write(ctx, ws.MessageText, []byte(text)); err != nil {
		s.t.Fatal(err)
	}
}

// Receive waits for the next message, or for the error that says how the WebSocket was closed.
func (s *Socket) Receive() (ws.MessageType, string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	kind, text, err := s.Conn.Read(ctx)
	return kind, string(text), err
}

// Closed reads until the gateway closes the WebSocket and gives the error that says how.
func (s *Socket) Closed() error {
	s.t.Helper()
	for {
		_, _, err := s.Receive()
		if errors.Is(err, context.DeadlineExceeded) {
			s.t.Fatal("the WebSocket stays open")
		}
		if err != nil {
			return err
		}
	}
}
