package ledger

// mostDeliveries is how often a record is delivered to one connection before it becomes a dead
// letter (docs/qos.md).
const mostDeliveries = 5

// Letter is a record of the dead letter topic, and what its headers say.
type Letter struct {
	ID         string
	Origin     Place // where the record is that was given up on
	Deliveries int
}

// nackCount counts the nacks of a record over one connection: the gateway counts deliveries anew when
// a record goes to another one.
type nackCount map[[2]string]int

// add counts a nack, and says whether the record has as many as make it a dead letter.
func (n nackCount) add(s step) bool {
	on := [2]string{s.session, s.id}
	n[on]++
	return n[on] >= mostDeliveries
}

// done gives the records that a reader that nacks has acknowledged, or that are dead letters.
func (r *reader) done(letters []Letter) map[string]bool {
	done := make(map[string]bool, len(r.acked))
	for id := range r.acked {
		done[id] = true
	}
	for _, letter := range letters {
		done[letter.ID] = true
	}
	return done
}

// letters looks whether each record that came was acknowledged or became a dead letter, and whether
// dead letters are of records that were nacked up to the limit.
func (r *reader) letters(v *Verdict, letters []Letter, where map[string][]Place) {
	v.promised[FalseLetter] = true
	v.Acknowledged, v.Letters = len(r.acked), len(letters)
	done := r.done(letters)
	for id, at := range where {
		if r.seen[id] && !done[id] {
			v.find(Lost, "%s at %s: neither acknowledged nor a dead letter", id, places(at))
		}
	}
	exhausted, nacks := map[string]bool{}, nackCount{}
	for _, s := range r.steps {
		if s.kind == nacked && nacks.add(s) {
			exhausted[s.id] = true
		}
	}
	before := map[string]bool{}
	for _, letter := range letters {
		v.letter(letter, where[letter.ID], exhausted[letter.ID], before[letter.ID])
		before[letter.ID] = true
	}
}

// letter judges one dead letter.
func (v *Verdict) letter(letter Letter, at []Place, exhausted, again bool) {
	switch {
	case len(at) != 1 || at[0] != letter.Origin:
		v.find(FalseLetter, "%s: names %s, in Kafka %s", letter.ID, &letter.Origin, places(at))
	case letter.Deliveries != mostDeliveries:
		v.find(FalseLetter, "%s at %s: names %d deliveries", letter.ID, &letter.Origin, letter.Deliveries)
	case !exhausted:
		v.find(FalseLetter, "%s at %s: was not nacked %d times", letter.ID, &letter.Origin, mostDeliveries)
	case again:
		v.find(Doubled, "%s at %s: a dead letter again", letter.ID, &letter.Origin)
	}
}
