package caller

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// maxHost is the longest host that a proxy may forward: a name of 253 characters and a port.
const maxHost = 260

// asked is how a client asked: from which address, and with which scheme for which host.
type asked struct{ address, scheme, host string }

// asked is what the connection says, or what trusted proxies say where one of them is the peer.
//
// X-Forwarded-For is walked from its end, over the addresses of trusted proxies, to the client's. Of
// X-Forwarded-Proto and X-Forwarded-Host the last value counts: what stands before it may be the
// client's, with the value of a proxy behind it. Forwarded (RFC 7239) counts where none of the three
// is there: proxies that write them let a Forwarded of the client pass.
func (f *Finder) asked(r *http.Request) asked {
	a := asked{address: peer(r), scheme: "http", host: r.Host}
	if r.TLS != nil {
		a.scheme = "https"
	}
	if len(f.trusted) == 0 || !f.trusts(a.address) {
		return a
	}
	hops, proto, host := r.Header.Values("X-Forwarded-For"), r.Header.Values("X-Forwarded-Proto"), r.Header.Values("X-Forwarded-Host")
	if len(hops)+len(proto)+len(host) > 0 {
		list := strings.Split(strings.Join(hops, ","), ",")
		a.address, _ = f.client(a.address, len(list), func(i int) string { return strings.TrimSpace(list[i]) })
		a.say(last(proto), last(host))
		return a
	}
	elements, ok := parseForwarded(strings.Join(r.Header.Values("Forwarded"), ","))
	if !ok || len(elements) == 0 {
		return a
	}
	var at int
	a.address, at = f.client(a.address, len(elements), func(i int) string { return elements[i].node })
	a.say(elements[at].proto, elements[at].host)
	return a
}

// client walks the hops that proxies have noted, from the last one, until it is at one that is no
// trusted proxy, or none at all. It gives the last address that it has found, and the hop where it
// stopped: a trusted proxy has noted that one, and nobody answers for those before it.
func (f *Finder) client(peer string, hops int, hop func(int) string) (address string, at int) {
	address = peer
	for at = hops - 1; ; at-- {
		addr, err := parseHop(hop(at))
		if err != nil {
			return address, at
		}
		address = addr.Unmap().String()
		if at == 0 || !f.trusts(address) {
			return address, at
		}
	}
}

// parseHop reads an address; some proxies write brackets and the port too.
func parseHop(text string) (netip.Addr, error) {
	if with, err := netip.ParseAddrPort(text); err == nil {
		return with.Addr(), nil
	}
	if inner, ok := strings.CutPrefix(text, "["); ok {
		text = strings.TrimSuffix(inner, "]")
	}
	return netip.ParseAddr(text)
}

// say takes over what a proxy has noted of scheme and host; what is missing, or none, is not.
func (a *asked) say(proto, host string) {
	switch strings.ToLower(proto) {
	case "http", "ws": // some proxies write the scheme of the WebSocket
		a.scheme = "http"
	case "https", "wss":
		a.scheme = "https"
	}
	if isHost(host) {
		a.host = host
	}
}

// isHost says whether a text is made of what hosts and their ports are made of.
func isHost(text string) bool {
	for i := range len(text) {
		c := text[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		if !letter && !strings.ContainsRune(".-_:[]", rune(c)) {
			return false
		}
	}
	return text != "" && len(text) <= maxHost
}

// last is the last item of a list in the lines of a header.
func last(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	line := lines[len(lines)-1]
	return strings.TrimSpace(line[strings.LastIndexByte(line, ',')+1:])
}

// peer is the address that a request came from, without its port.
func peer(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
