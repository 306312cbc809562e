package expr

import (
	"fmt"
	"sort"
	"strings"
)

// didYouMean is the end of a message about an unknown name: the name that is written almost
// so, or nothing.
func didYouMean[T any](name, sign string, known map[string]T) string {
	names := make([]string, 0, len(known))
	for k := range known {
		names = append(names, k)
	}
	sort.Strings(names)
	best, distance := "", min(3, max(1, (len(name)+1)/3))+1
	for _, k := range names {
		if d := letters(strings.ToLower(name), strings.ToLower(k)); d < distance && d < len(name) {
			best, distance = k, d
		}
	}
	if best == "" {
		return ""
	}
	if sign != "" {
		return fmt.Sprintf(": did you mean %s%s?", sign, best)
	}
	return fmt.Sprintf(": did you mean %q?", best)
}

// letters counts the letters to insert, delete, replace or swap with their neighbour.
func letters(a, b string) int {
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(row[j-1]+1, last[j]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
