package member

import (
	"cmp"
	"slices"
)

// bind spreads the partitions over the connections, evenly and with as few moves as can be.
// Connections beyond the partitions get none and wait. Called with the lock held.
func (m *member) bind() {
	m.order = m.sorted()
	defer m.flowAll()
	if len(m.streams) == 0 {
		for _, p := range m.parts {
			p.owner, p.next = nil, nil
		}
		return
	}
	all := m.order
	share, extra := len(all)/len(m.streams), len(all)%len(m.streams)
	quota := make(map[*Stream]int, len(m.streams))
	for _, s := range m.streams {
		quota[s] = share
	}
	// The odd ones stay with connections that have more than a share already, oldest first.
	held := make(map[*Stream]int, len(m.streams))
	for _, p := range all {
		held[p.bound()]++
	}
	byHeld := slices.Clone(m.streams)
	slices.SortStableFunc(byHeld, func(a, b *Stream) int { return cmp.Compare(held[b], held[a]) })
	for _, s := range byHeld[:extra] {
		quota[s]++
	}
	var loose []*partition
	for _, p := range all {
		if s := p.bound(); s != nil && quota[s] > 0 {
			quota[s]--
			continue
		}
		loose = append(loose, p)
	}
	for _, s := range m.streams {
		for ; quota[s] > 0 && len(loose) > 0; loose = loose[1:] {
			loose[0].move(s)
			quota[s]--
		}
	}
}

// move gives the partition to a connection: now, or when its owner settled what is flying.
func (p *partition) move(s *Stream) {
	if p.owner == s {
		p.next = nil
		s.wake()
		return
	}
	if len(p.flying) > 0 {
		p.next = s
		return
	}
	p.next = nil
	p.give(s)
}

// sorted lists the partitions in a fixed order, those being given up left out.
func (m *member) sorted() []*partition {
	all := make([]*partition, 0, len(m.parts))
	for _, p := range m.parts {
		if !p.revoking {
			all = append(all, p)
		}
	}
	slices.SortFunc(all, func(a, b *partition) int {
		return cmp.Or(cmp.Compare(a.topic, b.topic), cmp.Compare(a.id, b.id))
	})
	return all
}
