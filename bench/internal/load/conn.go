package load

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http/httputil"
	"strconv"
	"time"
)

// Conn is one keep-alive connection that speaks as much HTTP/1.1 as a benchmark needs.
type Conn struct {
	net  net.Conn
	read *bufio.Reader
}

// Dial opens a connection.
func Dial(address string) (*Conn, error) {
	c, err := net.DialTimeout("tcp", address, 5*time.Second)
	if err != nil {
		return nil, err
	}
	return &Conn{c, bufio.NewReaderSize(c, 16<<10)}, nil
}

// Close closes the connection.
func (c *Conn) Close() error { return c.net.Close() }

// Do sends a request and reads the whole answer. A request larger than the buffers of the sockets
// is sent beside the reading, since a server may answer before it has read everything.
func (c *Conn) Do(request []byte) (status int, err error) {
	if err := c.net.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		return 0, err
	}
	if len(request) < 32<<10 {
		if _, err := c.net.Write(request); err != nil {
			return 0, err
		}
		return c.answer()
	}
	sent := make(chan error, 1)
	go func() {
		_, err := c.net.Write(request)
		sent <- err
	}()
	status, err = c.answer()
	if e := <-sent; err == nil {
		err = e
	}
	return status, err
}

// answer reads a header and a body.
func (c *Conn) answer() (status int, err error) {
	status, length, err := c.header()
	switch {
	case err != nil:
		return 0, err
	case length >= 0:
		_, err = c.read.Discard(length)
	default:
		err = c.chunks()
	}
	return status, err
}

// chunks reads a chunked body and the empty line that ends its trailer.
func (c *Conn) chunks() error {
	if _, err := io.Copy(io.Discard, httputil.NewChunkedReader(c.read)); err != nil {
		return err
	}
	_, err := c.read.ReadSlice('\n')
	return err
}

// header reads a status and a header; length is -1 for a chunked body.
func (c *Conn) header() (status, length int, err error) {
	line, err := c.read.ReadSlice('\n')
	if err != nil {
		return 0, 0, err
	}
	if len(line) < len("HTTP/1.1 200") {
		return 0, 0, fmt.Errorf("not HTTP: %q", line)
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, 0, fmt.Errorf("not HTTP: %q", line)
	}
	for {
		line, err := c.read.ReadSlice('\n')
		if err != nil {
			return 0, 0, err
		}
		if line = bytes.TrimSpace(line); len(line) == 0 {
			return status, length, nil
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		switch {
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return 0, 0, err
			}
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			length = -1
		}
	}
}
