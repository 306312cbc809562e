package rig

import (
	"bufio"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// echo starts a server that answers what it gets, with a proxy in front, and connects to it.
func echo(t *testing.T) (*Proxy, net.Conn) {
	t.Helper()
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			c, err := server.Accept()
			if err != nil {
				return
			}
			go func() {
				_, _ = io.Copy(c, c)
				_ = c.Close()
			}()
		}
	}()
	p, err := NewProxy(server.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.Close()
		_ = server.Close()
	})
	return p, connect(t, p)
}

func connect(t *testing.T, p *Proxy) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", p.Address())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// ask sends a line and gives the answer; an error when none comes in time.
func ask(t *testing.T, c net.Conn, line string, patience time.Duration) (string, error) {
	t.Helper()
	if _, err := io.WriteString(c, line); err != nil {
		t.Fatal(err)
	}
	if err := c.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	return bufio.NewReader(c).ReadString('\n')
}

func TestProxyPassesOn(t *testing.T) {
	_, c := echo(t)
	if got, err := ask(t, c, "hello\n", 5*time.Second); got != "hello\n" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestProxyPassesTheEndOn(t *testing.T) {
	_, c := echo(t)
	if _, err := io.WriteString(c, "hello"); err != nil {
		t.Fatal(err)
	}
	if err := c.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(c); string(got) != "hello" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestProxyCuts(t *testing.T) {
	p, c := echo(t)
	if _, err := ask(t, c, "hello\n", 5*time.Second); err != nil {
		t.Fatal(err)
	}
	p.Cut()
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("error %v", err)
	}
	if got, err := ask(t, connect(t, p), "again\n", 5*time.Second); got != "again\n" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestProxyStalls(t *testing.T) {
	p, c := echo(t)
	p.Stall()
	if got, err := ask(t, c, "hello\n", 50*time.Millisecond); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("got %q, %v", got, err)
	}
	p.Flow()
	if got, err := ask(t, c, "", 5*time.Second); got != "hello\n" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestProxyDelays(t *testing.T) {
	p, c := echo(t)
	p.Delay(30 * time.Millisecond)
	begin := time.Now()
	if got, err := ask(t, c, "hello\n", 5*time.Second); got != "hello\n" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	if took := time.Since(begin); took < 60*time.Millisecond {
		t.Errorf("there and back took %v", took)
	}
}
