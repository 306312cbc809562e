package security

import (
	"encoding/binary"
	"io"
	"net"
	"sync"
	"sync/atomic"
)

// keySASLAuthenticate is the request that carries a login.
const keySASLAuthenticate = 36

// proxy stands in front of a listener of the broker: it counts, and can cut every connection.
type proxy struct {
	net.Listener
	target string

	connections atomic.Int64 // that were accepted
	logins      atomic.Int64 // requests that carry a login; 0 where TLS hides them

	mu    sync.Mutex
	open  map[net.Conn]bool
	ended bool
	wait  sync.WaitGroup
}

func newProxy(target string) (*proxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &proxy{Listener: l, target: target, open: make(map[net.Conn]bool)}
	p.wait.Go(p.serve)
	return p, nil
}

func (p *proxy) serve() {
	for {
		conn, err := p.Accept()
		if err != nil {
			return
		}
		p.connections.Add(1)
		broker, err := net.Dial("tcp", p.target)
		if err != nil || !p.keep(conn, broker) {
			_ = conn.Close()
			continue
		}
		p.wait.Go(func() { p.pass(broker, io.TeeReader(conn, &frames{logins: &p.logins}), conn) })
		p.wait.Go(func() { p.pass(conn, broker, broker) })
	}
}

// pass copies one direction; when it ends, both do.
func (p *proxy) pass(to net.Conn, from io.Reader, source net.Conn) {
	_, _ = io.Copy(to, from)
	_, _ = to.Close(), source.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.open, to)
	delete(p.open, source)
}

func (p *proxy) keep(conns ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		p.open[c] = true
	}
	return !p.ended
}

// cut ends every connection; the clients may come back.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.open {
		_ = c.Close()
	}
}

func (p *proxy) close() {
	p.mu.Lock()
	p.ended = true
	p.mu.Unlock()
	_ = p.Close()
	p.cut()
	p.wait.Wait()
}

// frames counts the requests of Kafka's protocol that carry a login: a length of 4 bytes, then
// the number of the request in 2.
type frames struct {
	logins *atomic.Int64
	head   []byte
	rest   int64 // of the request that is passing
}

func (f *frames) Write(data []byte) (int, error) {
	n := len(data)
	for len(data) > 0 {
		if f.rest > 0 {
			skip := min(f.rest, int64(len(data)))
			f.rest, data = f.rest-skip, data[skip:]
			continue
		}
		take := min(6-len(f.head), len(data))
		f.head, data = append(f.head, data[:take]...), data[take:]
		if len(f.head) == 6 {
			if binary.BigEndian.Uint16(f.head[4:]) == keySASLAuthenticate {
				f.logins.Add(1)
			}
			f.rest, f.head = int64(binary.BigEndian.Uint32(f.head))-2, f.head[:0]
		}
	}
	return n, nil
}
