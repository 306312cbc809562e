package server

import (
	"net"
	"sync"
)

// bounded is a listener with so many connections at once; more wait in the system's queue until
// one ends.
type bounded struct {
	*net.TCPListener

	places chan struct{}
	closed chan struct{}
	end    func()
}

func bound(l *net.TCPListener, most int) net.Listener {
	closed := make(chan struct{})
	return &bounded{TCPListener: l, places: make(chan struct{}, most), closed: closed, end: sync.OnceFunc(func() { close(closed) })}
}

// Accept waits for a place, then for a connection.
func (b *bounded) Accept() (net.Conn, error) {
	select {
	case b.places <- struct{}{}:
	case <-b.closed:
		return nil, net.ErrClosed
	}
	conn, err := b.AcceptTCP()
	if err != nil {
		<-b.places
		return nil, err
	}
	return &placed{TCPConn: conn, leave: sync.OnceFunc(func() { <-b.places })}, nil
}

// Close ends Accept, not the connections.
func (b *bounded) Close() error {
	b.end()
	return b.TCPListener.Close()
}

// placed is a connection that gives its place back. It has every method of a TCP connection: the
// HTTP server closes its two directions apart.
type placed struct {
	*net.TCPConn

	leave func()
}

// Close closes the connection and gives its place back.
func (p *placed) Close() error {
	defer p.leave()
	return p.TCPConn.Close()
}
