package member

import (
	"log/slog"
	"slices"
	"testing"

	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

func TestPurgedTopicIsAddedWhenItsPartitionsAreGivenUp(t *testing.T) {
	for _, server := range []bool{false, true} {
		m := newMember(&Groups{log: slog.New(slog.DiscardHandler), cfg: Config{ServerSide: server}}, "", qos.Reading{})
		m.topics = []string{"made-again", "new"}
		m.parts[place{"made-again", 0}] = newPartition("made-again", 0)
		check := func(what string, got []string, want ...string) {
			t.Helper()
			if !slices.Equal(got, want) {
				t.Errorf("server-side %t, %s: got %v, want %v", server, what, got, want)
			}
		}
		if !server { // the library takes the partitions itself before it joins again
			check("classic", m.addable([]string{"made-again", "new"}), "made-again", "new")
			continue
		}
		check("still assigned", m.addable([]string{"made-again", "new"}), "new")
		check("still assigned", m.addable(nil))
		delete(m.parts, place{"made-again", 0})
		check("given up", m.addable(nil), "made-again")
		check("once", m.addable(nil))

		m.parts[place{"made-again", 0}] = newPartition("made-again", 0)
		check("again", m.addable([]string{"made-again"}))
		m.topics = []string{"new"} // deleted meanwhile
		delete(m.parts, place{"made-again", 0})
		check("deleted", m.addable(nil))
	}
}
