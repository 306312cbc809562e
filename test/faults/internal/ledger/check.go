package ledger

import (
	"fmt"
	"slices"
)

// Check judges a run. records is the whole topic, letters the whole dead letter topic. There is one
// verdict for each way of publishing and for each reader.
func (l *Ledger) Check(records []Record, letters []Letter, harm Harm) []*Verdict {
	l.mu.Lock()
	defer l.mu.Unlock()
	places := map[string][]Place{}
	for _, r := range records {
		places[r.ID] = append(places[r.ID], r.Place)
	}
	verdicts := l.publishing(places)
	for _, r := range l.readers {
		v := newVerdict(r.name, r.via, promised(r.via, harm, r.acknowledges()))
		v.Sent, v.Nacks = len(records), r.nacks
		r.deliveries(v, places)
		if r.nacks {
			r.letters(v, letters, places)
		}
		r.order(v, places)
		r.commits(v, records)
		verdicts = append(verdicts, v)
	}
	return verdicts
}

// publishing judges what publishers were told.
func (l *Ledger) publishing(places map[string][]Place) []*Verdict {
	var verdicts []*Verdict
	byVia := map[Via]*Verdict{}
	for _, s := range l.sent {
		v := byVia[s.via]
		if v == nil {
			v = newVerdict("", s.via, promisedPublishing(s.via))
			byVia[s.via] = v
			verdicts = append(verdicts, v)
		}
		v.publish(s, places[s.id])
	}
	l.disorder(byVia, places)
	return verdicts
}

func (v *Verdict) publish(s *sent, at []Place) {
	v.Sent++
	v.Arrived += min(len(at), 1)
	switch s.outcome {
	case Receipted:
		v.Receipted++
		if len(at) == 0 || s.at != nil && !slices.Contains(at, *s.at) {
			v.find(FalseReceipt, "%s: receipt %s, in Kafka %s", s.id, s.at, places(at))
		}
	case Failed:
		v.Failed++
		if len(at) > 0 {
			v.find(FalseFailure, "%s: refused, in Kafka %s", s.id, places(at))
		}
	default:
		v.Unknown++
	}
	if len(at) > 1 {
		v.find(Twice, "%s: in Kafka %s", s.id, places(at))
	}
}

// disorder looks in each partition whether the messages of a session stand in their order.
func (l *Ledger) disorder(byVia map[Via]*Verdict, where map[string][]Place) {
	type line struct {
		session   string
		partition int32
	}
	last := map[line]Place{}
	lastID := map[line]string{}
	bySeq := slices.Clone(l.sent)
	slices.SortStableFunc(bySeq, func(a, b *sent) int { return a.seq - b.seq })
	for _, s := range bySeq {
		if len(where[s.id]) == 0 {
			continue
		}
		at := where[s.id][0]
		in := line{s.session, at.Partition}
		if before, ok := last[in]; ok && before.Offset > at.Offset {
			byVia[s.via].find(Disorder, "%s at %s stands before %s at %s", s.id, &at, lastID[in], &before)
			continue
		}
		last[in], lastID[in] = at, s.id
	}
}

// acknowledges says whether the reader acknowledges by itself.
func (r *reader) acknowledges() bool {
	return len(r.acked) > 0
}

// deliveries finds what was lost, came too often or is not in Kafka at all.
func (r *reader) deliveries(v *Verdict, where map[string][]Place) {
	sessions, nacks := map[string][]string{}, map[string]int{}
	for _, s := range r.steps {
		switch s.kind {
		case delivered:
			sessions[s.id] = append(sessions[s.id], s.session)
		case nacked:
			nacks[s.id]++
		}
	}
	v.Arrived = len(sessions)
	for id, at := range where {
		times := sessions[id]
		if len(times) == 0 {
			v.find(Lost, "%s at %s", id, places(at))
		}
		if len(times)-nacks[id] > len(at) { // a nack asks for one more
			v.find(Doubled, "%s at %s: by %q", id, places(at), times)
		}
	}
	for id, times := range sessions {
		if len(where[id]) == 0 {
			v.find(Invented, "%s: by %q", id, times)
		}
	}
}

// order looks whether each connection got the records of a partition by offset. A record that
// comes again to the same connection is a double, not disorder.
func (r *reader) order(v *Verdict, where map[string][]Place) {
	type line struct {
		session   string
		partition int32
	}
	last := map[line]int64{}
	seen := map[[2]string]bool{}
	for _, s := range r.steps {
		again := seen[[2]string{s.session, s.id}]
		if s.kind != delivered || len(where[s.id]) != 1 || again {
			continue
		}
		seen[[2]string{s.session, s.id}] = true
		at := where[s.id][0]
		in := line{s.session, at.Partition}
		if before, ok := last[in]; ok && at.Offset < before {
			v.find(Disorder, "%s at %s came after offset %d, to %q", s.id, &at, before, s.session)
			continue
		}
		last[in] = at.Offset
	}
}

// commits looks at each committed offset whether all records below it had been acknowledged, or
// nacked as often as it takes to become a dead letter.
func (r *reader) commits(v *Verdict, records []Record) {
	byPartition := map[int32][]Record{}
	for _, rec := range records {
		byPartition[rec.Place.Partition] = append(byPartition[rec.Place.Partition], rec)
	}
	settles := delivered
	if r.acknowledges() {
		settles = acknowledged
	}
	settled, told := map[string]bool{}, map[string]bool{}
	nacks := nackCount{}
	for _, s := range r.steps {
		switch s.kind {
		case settles:
			settled[s.id] = true
		case nacked:
			if nacks.add(s) {
				settled[s.id] = true
			}
		case committed:
			for _, rec := range byPartition[s.upTo.Partition] {
				if rec.Place.Offset < s.upTo.Offset && !settled[rec.ID] && !told[rec.ID] {
					told[rec.ID] = true
					v.find(Overcommitted, "%s at %s: offset %d was committed before", rec.ID, &rec.Place, s.upTo.Offset)
				}
			}
		}
	}
}

// String is partition#offset as message ids write it.
func (p *Place) String() string {
	if p == nil {
		return "without a position"
	}
	return fmt.Sprintf("%d#%d", p.Partition, p.Offset)
}

func places(at []Place) string {
	if len(at) == 0 {
		return "nowhere"
	}
	text := ""
	for i := range at {
		if i > 0 {
			text += ","
		}
		text += at[i].String()
	}
	return text
}
