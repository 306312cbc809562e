// Package ledger keeps what became of every record of a run, and judges it: which records were
// lost, doubled or out of order, and which of that breaks the promise of a level (docs/qos.md).
package ledger

import (
	"fmt"
	"sync"

	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// Place is a position in the topic of a run.
type Place struct {
	Partition int32
	Offset    int64
}

// Via is the entrypoint and the level by which records went.
type Via struct {
	Entrypoint endpoint.Kind
	Level      endpoint.QoS
}

// Outcome is what a publisher was told about a record.
type Outcome uint8

// The outcomes.
const (
	Unknown   Outcome = iota // no answer, or one that says so
	Receipted                // a receipt; at level none, which has no receipts, 202
	Failed                   // a definite failure
)

// Record is a record as Kafka has it.
type Record struct {
	ID    string
	Place Place
}

// sent is a message that a publisher sent. Its session is what order is promised for: messages of
// one session that are in one partition stand there by seq.
type sent struct {
	id      string
	via     Via
	session string
	seq     int
	outcome Outcome
	at      *Place // of the receipt
}

// step is one thing that happened to the reader of a group or, at level none, to one reader.
type step struct {
	kind    stepKind
	session string // of a delivery or a nack: the connection
	id      string
	upTo    Place // of a commit: the committed offset
}

type stepKind uint8

const (
	delivered stepKind = iota
	acknowledged
	nacked
	committed
)

type reader struct {
	name  string
	via   Via
	nacks bool
	steps []step
	seen  map[string]bool
	acked map[string]bool
}

// Ledger takes down what happens, in the order in which it happens. Safe for concurrent use.
type Ledger struct {
	mu      sync.Mutex
	sent    []*sent
	byID    map[string]*sent
	readers []*reader
	notes   map[string]int // how often
	texts   []string       // of the notes, in their order
	steps   int            // deliveries, of all readers
}

// New gives an empty ledger.
func New() *Ledger { return &Ledger{byID: map[string]*sent{}, notes: map[string]int{}} }

// Send takes down a message, before it is sent. Its outcome is Unknown until Answer. id is used once.
func (l *Ledger) Send(id string, via Via, session string, seq int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := &sent{id: id, via: via, session: session, seq: seq}
	l.sent, l.byID[id] = append(l.sent, s), s
}

// Answer takes down what the publisher of a message was told; at is nil without a receipt.
func (l *Ledger) Answer(id string, outcome Outcome, at *Place) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if s := l.byID[id]; s != nil {
		s.outcome, s.at = outcome, at
	}
}

// Reader names a reader: a consumer group, or one client at level none. Its methods are safe for
// concurrent use.
type Reader struct {
	ledger *Ledger
	state  *reader
}

// Reader makes a reader that has read nothing.
func (l *Ledger) Reader(name string, via Via) *Reader { return l.reader(name, via, false) }

// NackingReader makes a reader that acknowledges some deliveries and nacks others: its records end
// acknowledged or in the dead letter topic.
func (l *Ledger) NackingReader(name string, via Via) *Reader { return l.reader(name, via, true) }

func (l *Ledger) reader(name string, via Via, nacks bool) *Reader {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := &reader{name: name, via: via, nacks: nacks, seen: map[string]bool{}, acked: map[string]bool{}}
	l.readers = append(l.readers, r)
	return &Reader{l, r}
}

// Name is the reader's name.
func (r *Reader) Name() string { return r.state.name }

// Via is the reader's entrypoint and level.
func (r *Reader) Via() Via { return r.state.via }

// Nacks says whether the reader nacks.
func (r *Reader) Nacks() bool { return r.state.nacks }

// Deliver takes down a record that the client has received whole; session is its connection.
func (r *Reader) Deliver(session, id string) {
	r.add(step{kind: delivered, session: session, id: id})
}

// Acknowledge takes down an acknowledgement, before it is sent. A reader that never acknowledges
// counts as one that acknowledges what it receives.
func (r *Reader) Acknowledge(id string) { r.add(step{kind: acknowledged, id: id}) }

// Nack takes down a nack, before it is sent; session is its connection.
func (r *Reader) Nack(session, id string) {
	r.add(step{kind: nacked, session: session, id: id})
}

// Commit takes down a committed offset that was seen: the next one to read, as Kafka counts.
func (r *Reader) Commit(partition int32, offset int64) {
	r.add(step{kind: committed, upTo: Place{partition, offset}})
}

// Done is the number of different records that need not come any more: those that came, for a
// reader that nacks those that it acknowledged and the dead letters.
func (r *Reader) Done(letters []Letter) int {
	r.ledger.mu.Lock()
	defer r.ledger.mu.Unlock()
	if !r.state.nacks {
		return len(r.state.seen)
	}
	return len(r.state.done(letters))
}

func (r *Reader) add(s step) {
	r.ledger.mu.Lock()
	defer r.ledger.mu.Unlock()
	switch s.kind {
	case delivered:
		r.state.seen[s.id] = true
		r.ledger.steps++
	case acknowledged:
		r.state.acked[s.id] = true
	}
	r.state.steps = append(r.state.steps, s)
}

// Deliveries counts the deliveries of all readers, to see whether there still are any.
func (l *Ledger) Deliveries() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.steps
}

// mostNotes bounds how many different texts Note keeps.
const mostNotes = 100

// Note keeps a text about something unexpected, as evidence.
func (l *Ledger) Note(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.notes[text] == 0 {
		if len(l.texts) == mostNotes {
			return
		}
		l.texts = append(l.texts, text)
	}
	l.notes[text]++
}

// Notes gives the first 100 different notes, with how often they were made.
func (l *Ledger) Notes() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []string
	for _, text := range l.texts {
		if n := l.notes[text]; n > 1 {
			text = fmt.Sprintf("%s (%d times)", text, n)
		}
		out = append(out, text)
	}
	return out
}
