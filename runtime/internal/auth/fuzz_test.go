package auth

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/test/issuer"
	"github.com/penstock-dev/penstock/test/lines"
)

// FuzzTokens sends texts that no issuer has signed: none is let in.
func FuzzTokens(f *testing.F) {
	i := issuer.Start(f)
	g := newGate(f, &lines.Lines{})
	p := g.Require("an operation", []endpoint.Requirement{{bearerScheme}})
	if err := g.Open(tokenSettings(i)); err != nil {
		f.Fatal(err)
	}
	good := i.Token(nil)
	parts := strings.Split(good, ".")
	for _, seed := range []string{"", "a.b.c", parts[0] + "." + parts[1] + ".", parts[0] + ".." + parts[2], "..", "{}", good + "."} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Authorization", "Bearer "+text)
		if same(strings.TrimSpace(text), good) {
			return
		}
		if identity, err := p.identify(p.gate.request(r)); err == nil {
			t.Errorf("%q is %+v", text, identity)
		}
	})
}

// same says whether a text is a token, perhaps with other unused bits at the end of its base64.
func same(text, token string) bool {
	cut := strings.LastIndexByte(token, '.') + 1
	if !strings.HasPrefix(text, token[:cut]) {
		return false
	}
	signature, err := base64.RawURLEncoding.DecodeString(text[cut:])
	want, _ := base64.RawURLEncoding.DecodeString(token[cut:])
	return err == nil && bytes.Equal(signature, want)
}

// FuzzWithoutTicket holds the request behind a ticket against net/url: the ticket is gone, and
// everything else is as it was.
func FuzzWithoutTicket(f *testing.F) {
	for _, seed := range []string{"ticket=a", "a=b&ticket=c&d=e", "ticket=a&ticket=b", "xticket=a", "ticket", "a;ticket=b", "ticket=%zz&a=%zz", "&&ticket=a&"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		r := httptest.NewRequest(http.MethodGet, "/orders", nil)
		r.URL.RawQuery = query
		text, found := ticketOf(r)
		after := withoutTicket(r)
		if _, still := ticketOf(after); still {
			t.Errorf("%q still has a ticket: %q", query, after.URL.RawQuery)
		}
		if text != "" && !found {
			t.Errorf("%q has a ticket %q that was not found", query, text)
		}
		before, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		delete(before, TicketParam)
		rest, err := url.ParseQuery(after.URL.RawQuery)
		if err != nil {
			t.Fatalf("%q became %q: %v", query, after.URL.RawQuery, err)
		}
		delete(rest, TicketParam) // one in another spelling, as %74icket, is none
		if before.Encode() != rest.Encode() {
			t.Errorf("%q became %q", query, after.URL.RawQuery)
		}
	})
}

// FuzzFiles reads files of keys and users: what is accepted has a subject and a hash.
func FuzzFiles(f *testing.F) {
	hash := hashOf("k")
	for _, seed := range []string{"ann:" + hash, "ann:" + hash + ":a,b", "# a\n\nann:" + hash + "\r\nbob:x", "ann:$2y$05$", ":"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if all, err := parseKeys(text); err == nil {
			for key, o := range all {
				if o.subject == "" || o.hash != key {
					t.Errorf("%q gives %+v", text, o)
				}
			}
		}
		if all, err := parseUsers(text); err == nil {
			for name, hash := range all {
				if name == "" || len(hash) == 0 {
					t.Errorf("%q gives %q", text, name)
				}
			}
		}
	})
}
