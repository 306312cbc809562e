package rig

import (
	"net"
	"sync"
	"time"
)

// Proxy passes TCP connections on to an address, until it is told to cut, stall or delay. Safe for
// concurrent use.
type Proxy struct {
	listener net.Listener
	target   string
	owned    sync.WaitGroup

	mu     sync.Mutex
	links  map[*link]struct{}
	open   chan struct{} // closed while bytes pass
	delay  time.Duration
	closed bool
}

// link is one connection: the client's side and the target's.
type link struct {
	sides [2]*net.TCPConn
	gone  chan struct{}
	once  sync.Once
}

// Both are small so that a stall reaches the sender soon. A window below two segments of the
// loopback device, which has 64 KiB, would let TCP wait for its timers after each.
const (
	window = 192 << 10 // bytes
	buffer = 16 << 10
)

// NewProxy listens on a free address and passes connections on to target until Close.
func NewProxy(target string) (*Proxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Proxy{listener: l, target: target, links: map[*link]struct{}{}, open: make(chan struct{})}
	close(p.open)
	p.owned.Go(p.accept)
	return p, nil
}

// Address is where the proxy listens.
func (p *Proxy) Address() string { return p.listener.Addr().String() }

// Aim sets the target of new connections.
func (p *Proxy) Aim(target string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.target = target
}

// Cut resets every connection; new ones are passed on.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for l := range p.links {
		l.reset()
	}
}

// Stall lets no byte pass in either direction until Flow; connections stay, and new ones are taken.
func (p *Proxy) Stall() {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.open:
		p.open = make(chan struct{})
	default:
	}
}

// Flow ends a stall and a delay.
func (p *Proxy) Flow() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.delay = 0
	select {
	case <-p.open:
	default:
		close(p.open)
	}
}

// Delay holds every piece of data back for d, until Flow.
func (p *Proxy) Delay(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.delay = d
}

// Close ends the proxy and its connections, and waits for its goroutines.
func (p *Proxy) Close() {
	_ = p.listener.Close() // it accepts no more, whatever it says
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.Cut()
	p.owned.Wait()
}

func (p *Proxy) accept() {
	for {
		c, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.owned.Go(func() { p.connect(c.(*net.TCPConn)) })
	}
}

func (p *Proxy) connect(client *net.TCPConn) {
	p.mu.Lock()
	target := p.target
	p.mu.Unlock()
	server, err := net.DialTimeout("tcp", target, 5*time.Second)
	if err != nil {
		reset(client)
		return
	}
	l := &link{sides: [2]*net.TCPConn{client, server.(*net.TCPConn)}, gone: make(chan struct{})}
	for _, side := range l.sides {
		_ = side.SetReadBuffer(window) // a bigger one only makes stalls weaker
	}
	p.mu.Lock()
	if p.closed {
		l.reset()
	}
	p.links[l] = struct{}{}
	p.mu.Unlock()
	var both sync.WaitGroup
	both.Go(func() { p.pass(l, l.sides[0], l.sides[1]) })
	both.Go(func() { p.pass(l, l.sides[1], l.sides[0]) })
	both.Wait()
	l.reset()
	p.mu.Lock()
	delete(p.links, l)
	p.mu.Unlock()
}

// pass copies one direction; its end is passed on as the end of that direction.
func (p *Proxy) pass(l *link, from, to *net.TCPConn) {
	data := make([]byte, buffer)
	for {
		n, err := from.Read(data)
		if n > 0 && (!p.wait(l) || write(to, data[:n]) != nil) {
			l.reset()
			return
		}
		if err != nil {
			_ = to.CloseWrite()
			return
		}
	}
}

func write(to *net.TCPConn, data []byte) error {
	_, err := to.Write(data)
	return err
}

// wait waits while the proxy stalls or delays; false: the link is gone.
func (p *Proxy) wait(l *link) bool {
	p.mu.Lock()
	open, delay := p.open, p.delay
	p.mu.Unlock()
	select {
	case <-open:
	case <-l.gone:
		return false
	}
	if delay > 0 {
		select {
		case <-time.After(delay):
		case <-l.gone:
			return false
		}
	}
	return true
}

func (l *link) reset() {
	l.once.Do(func() {
		close(l.gone)
		for _, side := range l.sides {
			reset(side)
		}
	})
}

// reset closes a connection so that the peer sees an error, not an end.
func reset(c *net.TCPConn) {
	_ = c.SetLinger(0)
	_ = c.Close()
}
