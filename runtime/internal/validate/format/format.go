// Package format checks the formats that schemas give to texts: those of the list of package
// endpoint, and no others.
package format

import (
	"net/mail"
	"net/netip"
	"net/url"
	"strings"
)

// Format is a form that texts may have to have.
type Format struct {
	Check func([]byte) bool // nil: every text passes
	Name  string            // as a sentence names it: "an email address"
}

// Named is the format of a name; a format without Check for a name that is a remark only. Checks are safe
// for concurrent use, and allocate nothing for texts of the common forms.
func Named(name string) Format { return formats[name] }

var formats = map[string]Format{
	"date-time": {isDateTime, "a date and time such as 2026-01-31T12:00:00Z"},
	"date":      {isDate, "a date such as 2026-01-31"},
	"time":      {isTime, "a time such as 12:00:00Z"},
	"uuid":      {isUUID, "a UUID"},
	"email":     {isEmail, "an email address"},
	"uri":       {isURI, "an absolute URI"},
	"ipv4":      {isIPv4, "an IPv4 address"},
	"ipv6":      {isIPv6, "an IPv6 address"},
	"hostname":  {isHostname, "a host name"},
}

// isUUID follows RFC 9562 section 4.
func isUUID(b []byte) bool {
	if len(b) != 36 || b[8] != '-' || b[13] != '-' || b[18] != '-' || b[23] != '-' {
		return false
	}
	hyphens := 0
	for _, d := range b {
		switch hexadecimal[d] {
		case 0:
			return false
		case 2:
			hyphens++
		}
	}
	return hyphens == 4
}

// hexadecimal is 1 for hexadecimal digits, 2 for the hyphen and 0 for anything else.
var hexadecimal = func() (table [256]byte) {
	for _, d := range "0123456789abcdefABCDEF" {
		table[d] = 1
	}
	table['-'] = 2
	return table
}()

// isIPv4 wants four numbers without leading zeros (RFC 2673 section 3.2).
func isIPv4(b []byte) bool {
	if len(b) > len("255.255.255.255") {
		return false
	}
	a, err := netip.ParseAddr(string(b))
	return err == nil && a.Is4()
}

// isIPv6 follows RFC 4291 section 2.2; a zone is not part of an address.
func isIPv6(b []byte) bool {
	if len(b) > len("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255") {
		return false
	}
	a, err := netip.ParseAddr(string(b))
	return err == nil && a.Is6() && a.Zone() == ""
}

// isHostname follows RFC 1123 section 2.1: labels of up to 63 letters, digits and hyphens, 253
// characters in all.
func isHostname(b []byte) bool {
	if n := len(b); n > 0 && b[n-1] == '.' {
		b = b[:n-1]
	}
	if len(b) == 0 || len(b) > 253 {
		return false
	}
	label := 0
	for i, d := range b {
		switch {
		case d == '.':
			if label == 0 || b[i-1] == '-' {
				return false
			}
			label = 0
			continue
		case d == '-' && label == 0, d != '-' && !alphanumeric(d):
			return false
		}
		if label++; label > 63 {
			return false
		}
	}
	return label > 0 && b[len(b)-1] != '-'
}

func alphanumeric(d byte) bool {
	return '0' <= d && d <= '9' || 'a' <= d|0x20 && d|0x20 <= 'z'
}

// isEmail follows RFC 5321: a local part of up to 64 bytes, and a host name or an address in
// brackets; 254 bytes in all.
func isEmail(b []byte) bool {
	at := strings.LastIndexByte(string(b), '@')
	if at < 0 || at > 64 || len(b) > 254 {
		return false
	}
	local, domain := b[:at], b[at+1:]
	if n := len(domain); n >= 2 && domain[0] == '[' && domain[n-1] == ']' {
		if ip, ok := strings.CutPrefix(string(domain[1:n-1]), "IPv6:"); ok {
			return isIPv6([]byte(ip))
		}
		return isIPv4(domain[1 : n-1])
	}
	if !isHostname(domain) {
		return false
	}
	if isDotAtom(local) {
		return true
	}
	_, err := mail.ParseAddress(string(b)) // quoted local parts
	return err == nil
}

// isDotAtom reports whether a local part is words of plain characters with dots between them
// (RFC 5322 section 3.2.3).
func isDotAtom(b []byte) bool {
	dot := true
	for _, d := range b {
		if d == '.' {
			if dot {
				return false
			}
			dot = true
			continue
		}
		if !alphanumeric(d) && strings.IndexByte("!#$%&'*+-/=?^_`{|}~", d) < 0 {
			return false
		}
		dot = false
	}
	return !dot
}

// isURI wants a scheme (RFC 3986 section 4.3).
func isURI(b []byte) bool {
	if isPlainURL(b) {
		return true
	}
	u, err := url.Parse(string(b))
	if err != nil || !u.IsAbs() {
		return false
	}
	if host := u.Hostname(); strings.IndexByte(host, ':') >= 0 {
		return strings.IndexByte(u.Host, '[') >= 0 && isIPv6([]byte(host))
	}
	return true
}

// isPlainURL knows the common form without reading all of it into memory:
// scheme://host/path?query#fragment with nothing that needs a closer look.
func isPlainURL(b []byte) bool {
	i := 0
	for i < len(b) && 'a' <= b[i]|0x20 && b[i]|0x20 <= 'z' {
		i++
	}
	if i == 0 || i+3 >= len(b) || string(b[i:i+3]) != "://" {
		return false
	}
	for i += 3; i < len(b) && (alphanumeric(b[i]) || b[i] == '.' || b[i] == '-'); i++ {
		continue
	}
	if i < len(b) && b[i] != '/' && b[i] != '?' && b[i] != '#' {
		return false
	}
	for ; i < len(b); i++ {
		if !alphanumeric(b[i]) && strings.IndexByte("/?#-._~!$&'()*+,;=:@", b[i]) < 0 {
			return false
		}
	}
	return true
}
