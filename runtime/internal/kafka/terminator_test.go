package kafka_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// terminator logs OAUTHBEARER clients in before the embedded broker, which cannot. It knows whose
// requests are on each connection.
type terminator struct {
	// check says how long a login with a token lasts (KIP-368; 0: for ever), or refuses it.
	check    func(token string) (time.Duration, error)
	accepted atomic.Int64 // connections
	repeated atomic.Int64 // logins on a connection that had one

	mu       sync.Mutex
	logins   map[string]int           // by token, refused ones too
	requests map[string]map[int16]int // by token and key
}

// bearerBroker starts a broker with the topic "orders" behind a terminator.
func bearerBroker(t testing.TB, check func(token string) (time.Duration, error), opts ...kfake.Opt) (*kfake.Cluster, *terminator) {
	t.Helper()
	term := &terminator{check: check, logins: map[string]int{}, requests: map[string]map[int16]int{}}
	opts = append(opts, kfake.NumBrokers(1), kfake.SeedTopics(1, "orders"), kfake.ListenFn(func(network, address string) (net.Listener, error) {
		l, err := net.Listen(network, address)
		return terminatingListener{l, term}, err
	}))
	b, err := kfake.NewCluster(opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b, term
}

func (t *terminator) loginsOf(token string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.logins[token]
}

func (t *terminator) requestsOf(token string, key kmsg.Key) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.requests[token][int16(key)]
}

type terminatingListener struct {
	net.Listener
	terminator *terminator
}

func (l terminatingListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	l.terminator.accepted.Add(1)
	return &terminated{Conn: conn, terminator: l.terminator}, nil
}

// terminated gives the broker every frame but those of the login.
type terminated struct {
	net.Conn
	terminator *terminator
	token      string
	refusing   bool
	rest       []byte
}

func (c *terminated) Read(p []byte) (int, error) {
	for len(c.rest) == 0 {
		var size [4]byte
		if _, err := io.ReadFull(c.Conn, size[:]); err != nil {
			return 0, err
		}
		frame := make([]byte, binary.BigEndian.Uint32(size[:]))
		if _, err := io.ReadFull(c.Conn, frame); err != nil {
			return 0, err
		}
		switch key := int16(binary.BigEndian.Uint16(frame)); key {
		case int16(kmsg.SASLHandshake), int16(kmsg.SASLAuthenticate):
			if err := c.answer(key, frame); err != nil {
				return 0, err
			}
		default:
			c.terminator.mu.Lock()
			if byKey := c.terminator.requests[c.token]; byKey != nil {
				byKey[key]++
			}
			c.terminator.mu.Unlock()
			c.rest = append(size[:], frame...)
		}
	}
	n := copy(p, c.rest)
	c.rest = c.rest[n:]
	return n, nil
}

// answer reads key, version, correlation id and client id, and writes what a broker would.
func (c *terminated) answer(key int16, frame []byte) error {
	version, correlation := int16(binary.BigEndian.Uint16(frame[2:])), frame[4:8]
	body := frame[10:]
	if n := int16(binary.BigEndian.Uint16(frame[8:])); n > 0 {
		body = body[n:]
	}
	req := kmsg.RequestForKey(key)
	req.SetVersion(version)
	if req.IsFlexible() {
		body = body[1:] // no tags
	}
	if err := req.ReadFrom(body); err != nil {
		return err
	}
	resp := req.ResponseKind()
	switch r := req.(type) {
	case *kmsg.SASLHandshakeRequest:
		resp.(*kmsg.SASLHandshakeResponse).SupportedMechanisms = []string{"OAUTHBEARER"}
		if r.Mechanism != "OAUTHBEARER" {
			resp.(*kmsg.SASLHandshakeResponse).ErrorCode = kerr.UnsupportedSaslMechanism.Code
		}
	case *kmsg.SASLAuthenticateRequest:
		c.login(r, resp.(*kmsg.SASLAuthenticateResponse))
	}
	out := append(make([]byte, 4), correlation...)
	if resp.IsFlexible() {
		out = append(out, 0)
	}
	out = resp.AppendTo(out)
	binary.BigEndian.PutUint32(out, uint32(len(out)-4))
	_, err := c.Write(out)
	return err
}

// login is the exchange of RFC 7628: a refused client hears why, and says that it has heard.
func (c *terminated) login(req *kmsg.SASLAuthenticateRequest, resp *kmsg.SASLAuthenticateResponse) {
	if c.refusing {
		resp.ErrorCode = kerr.SaslAuthenticationFailed.Code
		return
	}
	_, rest, _ := strings.Cut(string(req.SASLAuthBytes), "auth=Bearer ")
	t := c.terminator
	if c.token != "" {
		t.repeated.Add(1)
	}
	c.token, _, _ = strings.Cut(rest, "\x01")
	t.mu.Lock()
	t.logins[c.token]++
	if t.requests[c.token] == nil {
		t.requests[c.token] = map[int16]int{}
	}
	t.mu.Unlock()
	lifetime, err := t.check(c.token)
	if err != nil {
		c.refusing = true
		resp.SASLAuthBytes = fmt.Appendf(nil, `{"status":%q}`, err)
		return
	}
	resp.SessionLifetimeMillis = lifetime.Milliseconds()
}

var errBadToken = errors.New("invalid_token")

// anyToken lets every token in.
func anyToken(string) (time.Duration, error) { return 0, nil }
