package websocket

import (
	"bufio"
	"net"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
)

// mostCorked is how many bytes of frames are collected before they are written.
const mostCorked = 64 << 10

var buffers = sync.Pool{New: func() any { return &[]byte{} }}

// upgrader hands a connection over that notices clients which do not read.
type upgrader struct {
	*echo.Response
	stall time.Duration
	conn  *stallConn
}

// Hijack implements http.Hijacker.
func (u *upgrader) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := u.Response.Hijack()
	if err != nil {
		return nil, nil, err
	}
	u.conn = &stallConn{Conn: conn, stall: u.stall}
	rw.Writer.Reset(u.conn)
	return u.conn, rw, nil
}

// stallConn fails the write of a client that takes nothing for the stall time. Between cork and
// uncork frames are collected, so that a batch is one write. Safe for concurrent use.
type stallConn struct {
	net.Conn
	stall time.Duration

	mu     sync.Mutex
	corked *[]byte // nil: not corked
}

// Write implements net.Conn.
func (c *stallConn) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.corked == nil {
		return c.write(p)
	}
	*c.corked = append(*c.corked, p...)
	if len(*c.corked) < mostCorked {
		return len(p), nil
	}
	_, err := c.write(*c.corked)
	*c.corked = (*c.corked)[:0]
	return len(p), err
}

// write writes under deadlines that move on with each piece.
func (c *stallConn) write(p []byte) (int, error) {
	written := 0
	for written < len(p) {
		if err := c.SetWriteDeadline(time.Now().Add(c.stall)); err != nil {
			return written, err
		}
		n, err := c.Conn.Write(p[written:min(len(p), written+mostCorked)])
		written += n
		if err != nil {
			return written, err
		}
	}
	return written, nil
}

// cork begins a batch.
func (c *stallConn) cork() {
	buffer := buffers.Get().(*[]byte)
	*buffer = (*buffer)[:0]
	c.mu.Lock()
	c.corked = buffer
	c.mu.Unlock()
}

// uncork ends a batch and writes what is left of it.
func (c *stallConn) uncork() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	buffer := c.corked
	c.corked = nil
	_, err := c.write(*buffer)
	if cap(*buffer) <= 4*mostCorked {
		buffers.Put(buffer)
	}
	return err
}
