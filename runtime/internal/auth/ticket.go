package auth

import (
	"container/list"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
)

const (
	// TicketParam is the query parameter of a ticket.
	TicketParam = "ticket"
	// ticketLife is how long a ticket can be used.
	ticketLife = 30 * time.Second
	// maxTickets bounds the tickets of the process, maxTicketsOf those of one subject.
	maxTickets   = 100_000
	maxTicketsOf = 100
)

// tickets are the one-time tickets that were issued and not used yet. Safe for concurrent use.
type tickets struct {
	now func() time.Time

	mu     sync.Mutex
	byHash map[[sha256.Size]byte]*list.Element
	oldest *list.List // of *ticket, in the order of their end
	of     map[string]int
}

// ticket is a permission to open a stream.
type ticket struct {
	hash     [sha256.Size]byte
	subject  string
	path     string
	admitted map[*Policy]exchange.Identity
	ends     time.Time
}

func newTickets(now func() time.Time) *tickets {
	return &tickets{now: now, byHash: map[[sha256.Size]byte]*list.Element{}, oldest: list.New(), of: map[string]int{}}
}

// issue makes a ticket for a path, good at the policies that have admitted its owner. Errors are
// 429 for one subject, 503 for the process.
func (t *tickets) issue(subject, path string, admitted map[*Policy]exchange.Identity) (text string, err error) {
	var random [32]byte
	_, _ = rand.Read(random[:]) // crypto/rand never fails
	text = base64.RawURLEncoding.EncodeToString(random[:])
	t.mu.Lock()
	defer t.mu.Unlock()
	t.expire()
	switch {
	case t.of[subject] >= maxTicketsOf:
		return "", tooMany("too many tickets of one subject wait to be used", int(ticketLife.Seconds()))
	case len(t.byHash) >= maxTickets:
		return "", &core.Error{Code: core.CodeTooManyStreams, Op: "issue ticket", RetryAfter: int(ticketLife.Seconds())}
	}
	one := &ticket{hash: sha256.Sum256([]byte(text)), subject: subject, path: path, admitted: admitted, ends: t.now().Add(ticketLife)}
	t.byHash[one.hash] = t.oldest.PushBack(one)
	t.of[subject]++
	return text, nil
}

// redeem uses a ticket up; nil: there is none, or it is over.
func (t *tickets) redeem(text string) *ticket {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.expire()
	e, ok := t.byHash[sha256.Sum256([]byte(text))]
	if !ok {
		return nil
	}
	return t.remove(e)
}

// expire forgets the tickets that are over. t.mu is held.
func (t *tickets) expire() {
	now := t.now()
	for e := t.oldest.Front(); e != nil; e = t.oldest.Front() {
		if one, ok := e.Value.(*ticket); ok && now.Before(one.ends) {
			return
		}
		t.remove(e)
	}
}

func (t *tickets) remove(e *list.Element) *ticket {
	one := t.oldest.Remove(e).(*ticket) //nolint:forcetypeassert // the list holds nothing else
	delete(t.byHash, one.hash)
	if t.of[one.subject]--; t.of[one.subject] == 0 {
		delete(t.of, one.subject)
	}
	return one
}

// redeem finds out who has a ticket for a request. A ticket that is shown at another path, or at
// an operation that would not have admitted its owner, is used up all the same.
func (g *Gate) redeem(text string, p *Policy, r *http.Request) (exchange.Identity, error) {
	const invalid = refusal("the ticket is unknown, used or over, or one for another path")
	if r.Method != http.MethodGet {
		return exchange.Identity{}, refusal("a ticket is for GET")
	}
	one := g.tickets.redeem(text)
	if one == nil || one.path != r.URL.Path {
		return exchange.Identity{}, invalid
	}
	identity, admitted := one.admitted[p]
	if !admitted || !identity.Expires.IsZero() && g.tickets.now().After(identity.Expires) {
		return exchange.Identity{}, invalid
	}
	return identity, nil
}

// ticketOf finds the ticket of a request.
func ticketOf(r *http.Request) (text string, ok bool) {
	if !strings.Contains(r.URL.RawQuery, TicketParam+"=") {
		return "", false
	}
	for pair := range strings.SplitSeq(r.URL.RawQuery, "&") {
		if value, found := strings.CutPrefix(pair, TicketParam+"="); found {
			text, _ = url.QueryUnescape(value) // one that is malformed is none that was issued
			return text, true
		}
	}
	return "", false
}

// withoutTicket is a request without its ticket: nothing behind can log it or pass it on.
func withoutTicket(r *http.Request) *http.Request {
	var rest []string
	for pair := range strings.SplitSeq(r.URL.RawQuery, "&") {
		if !strings.HasPrefix(pair, TicketParam+"=") {
			rest = append(rest, pair)
		}
	}
	copied, address := *r, *r.URL
	address.RawQuery = strings.Join(rest, "&")
	copied.URL, copied.RequestURI = &address, address.RequestURI()
	return &copied
}
