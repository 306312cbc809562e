package broker

import (
	"fmt"
	"net"
)

// listen opens the listener of the broker. Kafka tells clients by which address to come back;
// one that stands for every interface is told as localhost.
func listen(address string) (net.Listener, error) {
	ln, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("address %q: %w", address, err)
	}
	_, port, err := net.SplitHostPort(ln.Addr().String())
	if err != nil {
		return nil, fmt.Errorf("address %q: %w", ln.Addr(), err)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return advertised{ln, hostPort(net.JoinHostPort(host, port))}, nil
}

// advertised is a listener that says another address than it has.
type advertised struct {
	net.Listener
	addr hostPort
}

// Addr is the address for clients.
func (a advertised) Addr() net.Addr { return a.addr }

// hostPort is host:port as a net.Addr.
type hostPort string

// Network is "tcp".
func (hostPort) Network() string { return "tcp" }

// String is host:port.
func (a hostPort) String() string { return string(a) }
