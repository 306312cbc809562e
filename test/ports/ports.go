// Package ports finds ports for servers that tests start later, or start again.
package ports

import (
	"errors"
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
)

// The ports are below those that systems give to connections (Linux: from 32768). Else a connection
// that anybody opens could get the port before its server does; one to a port whose server is away
// could get that very port, and reach itself.
const (
	first = 26000
	count = 6000
)

// held has the UDP port of each number that Free gave, bound until the process ends: what tells
// other processes that the number is taken while its server is away.
var held struct {
	sync.Mutex
	ports []net.PacketConn
}

// Free finds a port of 127.0.0.1 where nobody listens, and gives it to no other that asks, in this
// process and in others, until this process ends. Safe for concurrent use.
func Free() (int, error) {
	for range 1000 {
		if port := first + rand.IntN(count); take(port) {
			return port, nil
		}
	}
	return 0, errors.New("no port is free")
}

// FreeAddress is a port that Free finds, as 127.0.0.1:port.
func FreeAddress() (string, error) {
	port, err := Free()
	return address(port), err
}

func take(port int) bool {
	mark, err := net.ListenPacket("udp", address(port))
	if err != nil {
		return false
	}
	l, err := net.Listen("tcp", address(port))
	if err != nil || l.Close() != nil {
		_ = mark.Close()
		return false
	}
	held.Lock()
	defer held.Unlock()
	held.ports = append(held.ports, mark)
	return true
}

func address(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }
