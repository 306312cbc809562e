package entrypoints

import (
	"crypto/sha256"
	"encoding/hex"
	"net/netip"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
)

// GroupID is the consumer group of a caller at an operation:
//
//	<api>.<operation>[.pull].<s>[.<given>]
//
// pull stands for http-get, s is the first 16 hex digits of sha256 of the authenticated
// subject, else of the remote address, and given is the client identifier. Other characters
// than A-Z a-z 0-9 . _ - become "-". A subject that is written like an address is hashed behind a
// byte that no text has: it is not the caller without credentials who has that address.
func GroupID(api, operation string, kind endpoint.Kind, c exchange.Caller) string {
	id := make([]byte, 0, len(api)+len(operation)+len(c.ClientID)+24)
	id = appendName(id, api)
	id = append(id, '.')
	id = appendName(id, operation)
	if kind == endpoint.HTTPGet {
		id = append(id, ".pull"...)
	}
	who := c.Subject
	if who == "" {
		who = c.Address
	} else if _, err := netip.ParseAddr(who); err == nil {
		who = "\xff" + who
	}
	sum := sha256.Sum256([]byte(who))
	id = append(id, '.')
	id = hex.AppendEncode(id, sum[:8])
	if c.ClientID != "" {
		id = append(id, '.')
		id = appendName(id, c.ClientID)
	}
	return string(id)
}

// appendName appends a text with "-" for each byte that a group id may not have.
func appendName(dst []byte, text string) []byte {
	for i := range len(text) {
		c := text[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		if !letter && c != '.' && c != '_' && c != '-' {
			c = '-'
		}
		dst = append(dst, c)
	}
	return dst
}
