package load

import "math/rand/v2"

// Schedule says in which order contestants take their slices: every one once a round, each round
// in an order of its own, so that a disturbance of the machine meets all alike.
func Schedule(rounds, contestants int, random *rand.Rand) [][]int {
	order := make([][]int, rounds)
	for i := range order {
		order[i] = random.Perm(contestants)
	}
	return order
}
