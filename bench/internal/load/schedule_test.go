package load

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestScheduleIsFairAndMixed(t *testing.T) {
	rounds := Schedule(60, 3, rand.New(rand.NewPCG(1, 1)))
	if len(rounds) != 60 {
		t.Fatalf("%d rounds", len(rounds))
	}
	orders := map[string]int{}
	for _, r := range rounds {
		orders[fmt.Sprint(r)]++
		if s := slices.Sorted(slices.Values(r)); !slices.Equal(s, []int{0, 1, 2}) {
			t.Errorf("round %v", r)
		}
	}
	if len(orders) != 6 {
		t.Errorf("orders: %v", orders)
	}
}
