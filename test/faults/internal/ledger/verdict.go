package ledger

import (
	"fmt"
	"slices"

	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// Finding is a kind of thing that may be wrong with a record.
type Finding uint8

// The findings.
const (
	FalseReceipt  Finding = iota // receipted, and not in Kafka or not where the receipt says
	Twice                        // in Kafka more than once
	FalseFailure                 // a definite failure, and in Kafka
	Lost                         // in Kafka, and never delivered; a reader that nacks: nor acknowledged or a dead letter
	Doubled                      // delivered more often than it is in Kafka
	Disorder                     // before one that was first
	Overcommitted                // committed before it was acknowledged
	Invented                     // delivered, and not in Kafka
	FalseLetter                  // a dead letter, and not nacked up to the limit, or not as it says
	findings      = iota
)

// Verdict says what became of the records of a way of publishing, or of those of a reader.
type Verdict struct {
	Reader    string // "": publishing
	Via       Via
	Sent      int // publishing: messages; reading: records in Kafka
	Receipted int
	Failed    int
	Unknown   int
	Arrived   int // different records: publishing: in Kafka; reading: delivered

	Nacks        bool // the reader does; for it are:
	Acknowledged int  // different records
	Letters      int

	found    [findings][]string
	promised [findings]bool // that there is none
}

func newVerdict(reader string, via Via, promised []Finding) *Verdict {
	v := &Verdict{Reader: reader, Via: via}
	for _, f := range promised {
		v.promised[f] = true
	}
	return v
}

func (v *Verdict) find(f Finding, format string, args ...any) {
	v.found[f] = append(v.found[f], fmt.Sprintf(format, args...))
}

// Count is the number of findings of a kind.
func (v *Verdict) Count(f Finding) int { return len(v.found[f]) }

// Promised says whether the level promises that there is no finding of a kind.
func (v *Verdict) Promised(f Finding) bool { return v.promised[f] }

// Broken lists the findings that break a promise, sorted.
func (v *Verdict) Broken() []string { return v.list(true) }

// Allowed lists the findings about which nothing is promised, sorted.
func (v *Verdict) Allowed() []string { return v.list(false) }

func (v *Verdict) list(promised bool) []string {
	var all []string
	for f := range findings {
		if v.promised[f] == promised {
			for _, text := range v.found[f] {
				all = append(all, fmt.Sprintf("%s: %s", Finding(f), text))
			}
		}
	}
	slices.Sort(all)
	return all
}

// String names a finding as the table's head does.
func (f Finding) String() string {
	return [...]string{
		"false receipt", "twice", "false failure", "lost", "doubled", "disorder", "overcommitted", "invented", "false letter",
	}[f]
}

// promisedPublishing says which findings a level excludes for publishers.
func promisedPublishing(via Via) []Finding {
	if via.Level == endpoint.None {
		return nil
	}
	return []Finding{FalseReceipt, Twice, FalseFailure, Disorder}
}

// Harm is what is done to a run; the less, the more is promised.
type Harm uint8

// The harms.
const (
	Rough   Harm = iota // connections are cut, or gateways killed
	Calm                // clients keep their connections, and get what is written
	Orderly             // calm, and brokers are there: gateways come, and leave by draining
)

// promised says which findings a level excludes for readers (docs/qos.md).
func promised(via Via, harm Harm, acknowledges bool) []Finding {
	out := []Finding{Disorder, Invented}
	switch via.Level {
	case endpoint.None:
		return append(out, Lost, Doubled)
	case endpoint.AtMostOnce:
		out = append(out, Doubled)
		if harm == Orderly {
			out = append(out, Lost)
		}
		return out
	case endpoint.AtBest, endpoint.AtLeastOnce: // readers come back with their last id
		out = append(out, Lost)
	default:
		if harm != Rough { // what is written reaches the client, and only that is committed
			out = append(out, Lost)
		}
	}
	if harm == Orderly && via.Level != endpoint.AtLeastOnce {
		out = append(out, Doubled)
	}
	if harm != Rough || acknowledges {
		out = append(out, Overcommitted)
	}
	return out
}
