package hub

import (
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/runtime/internal/cursor"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// choice says which topics a feed reads: given ones, or those that match a pattern.
type choice struct {
	key   string                 // equal keys are equal choices
	given []string               // sorted; nil with a pattern
	text  string                 // of the pattern
	match func(name string) bool // nil: the given topics
}

func chosen(r qos.Reading) choice {
	if p := r.Pattern; p != nil {
		return choice{key: "pattern " + p.Text, text: p.Text, match: p.Match} // no topic has a blank in its name
	}
	names := slices.Clone(r.Topics)
	slices.Sort(names)
	names = slices.Compact(names)
	return choice{key: strings.Join(names, ","), given: names}
}

// exists checks that each given topic exists, or one that matches.
func (c choice) exists(l *listing) error {
	some := false
	for _, name := range l.names {
		some = some || l.topics[name] != nil
		if c.match == nil && l.topics[name] == nil {
			return cluster.MissingTopic("", name)
		}
	}
	if c.match != nil && !some {
		return cluster.NoMatchingTopic("", c.text)
	}
	return nil
}

// without leaves out of a cursor the topics that match the pattern and are gone.
func (c choice) without(at cursor.Cursor, l *listing) cursor.Cursor {
	if c.match == nil {
		return at
	}
	return at.Without(func(name string) bool { return c.match(name) && l.topics[name] == nil })
}

// matches lists, by the keys of feeds, the names that their patterns match. That takes a while with
// many of both, and needs no lock.
func (h *Hub) matches(all *cluster.Listing) map[string][]string {
	if all == nil {
		return nil
	}
	patterns := map[string]choice{}
	h.mu.Lock()
	for key, f := range h.feeds {
		if f.match != nil {
			patterns[key] = f.choice
		}
	}
	h.mu.Unlock()
	names := make(map[string][]string, len(patterns))
	for key, c := range patterns {
		names[key] = all.Names(c.match)
	}
	return names
}

// choose gives the feeds of patterns the topics that match now. A feed that was made meanwhile has
// a listing of its own. Called with the lock held.
func (h *Hub) choose(all *cluster.Listing, matches map[string][]string) {
	for key, f := range h.feeds {
		names, ok := matches[key]
		switch {
		case !ok || f.number >= all.Number:
		case slices.Equal(names, f.names): // known to be so for longer now
			f.number = all.Number
			f.append(nil, h.where(f))
		default:
			h.rebind(f, names, all)
		}
	}
}

// rebind gives a feed other topics. Those that have appeared are read from their beginning. A feed
// that has too many now fails: to leave topics out would be a silent gap.
func (h *Hub) rebind(f *feed, names []string, all *cluster.Listing) {
	added, gone := missing(names, f.names), missing(f.names, names)
	h.release(gone)
	f.names = missing(f.names, gone)
	if len(h.topics)+h.fresh(added) > h.cfg.Topics {
		h.drop(f, h.tooMany())
		return
	}
	behind := slices.ContainsFunc(added, func(name string) bool {
		t := h.topics[name] // read already, for another feed
		return t != nil && slices.ContainsFunc(t.next, func(next int64) bool { return next > 0 })
	})
	h.take(added, all.Topics, beginning)
	f.names, f.number = names, all.Number
	f.turn(h.where(f), len(names), behind)
}

// missing lists the names of one sorted list that another one does not have.
func missing(names, from []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		_, ok := slices.BinarySearch(from, name)
		return ok
	})
}
