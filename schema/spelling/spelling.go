// Package spelling guesses what a misspelt word means, for the messages of schemas, documents and
// expressions. It imports the standard library only.
package spelling

import (
	"slices"
	"strings"
)

// Near finds the candidate that a misspelt word most probably means: equal but for case and the
// signs "-", "_" and ".", else at most three letters away, else the start of the other. Of several
// that are as near it is the first. It reports false when none is near and when the word is a
// candidate itself. Safe for concurrent use.
func Near(word string, candidates []string) (string, bool) {
	plain := foldWord(word)
	if plain == "" || slices.Contains(candidates, word) {
		return "", false
	}
	best, distance := "", min(3, max(1, (len(plain)+1)/3))+1
	for _, candidate := range candidates {
		folded := foldWord(candidate)
		if folded == plain {
			return candidate, true
		}
		if d := editDistance(plain, folded); d < distance && d < len(plain) {
			best, distance = candidate, d
		}
	}
	for _, candidate := range candidates {
		if folded := foldWord(candidate); best == "" && min(len(plain), len(folded)) >= 4 &&
			(strings.HasPrefix(plain, folded) || strings.HasPrefix(folded, plain)) {
			best = candidate
		}
	}
	return best, best != ""
}

func foldWord(word string) string {
	return strings.NewReplacer("-", "", "_", "", ".", "").Replace(strings.ToLower(word))
}

// editDistance counts insertions, deletions, replacements and swaps of neighbours.
func editDistance(a, b string) int {
	x, y := []rune(a), []rune(b)
	before, last := make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row := make([]int, len(y)+1)
		row[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			row[j] = min(row[j-1]+1, last[j]+1, last[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(y)]
}
