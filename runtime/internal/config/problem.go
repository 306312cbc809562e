package config

import (
	"cmp"
	"slices"
	"strings"
)

// Problem is one thing that is wrong with the configuration.
type Problem struct {
	Place   string // "gateway.yaml:3:5", or a variable's name
	Text    string
	Pointer string // into the configuration; may be empty
}

// Error is one line: place, text, pointer.
func (p *Problem) Error() string {
	text := p.Text
	if p.Place != "" {
		text = p.Place + ": " + text
	}
	if p.Pointer != "" {
		text += " (" + p.Pointer + ")"
	}
	return text
}

// closest finds the candidate that a misspelt name most likely means: the one within a third of
// its length in edits, "" for none. Case does not count.
func closest(name string, candidates []string) string {
	type scored struct {
		name     string
		distance int
	}
	var near []scored
	for _, c := range candidates {
		d := distance(strings.ToLower(name), strings.ToLower(c))
		if d <= max(1, len(c)/3) {
			near = append(near, scored{c, d})
		}
	}
	if len(near) == 0 {
		return ""
	}
	return slices.MinFunc(near, func(a, b scored) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.name, b.name))
	}).name
}

// distance is the number of edits between two texts, a swap of neighbours being one.
func distance(a, b string) int {
	rows := [3][]int{make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)}
	for j := range rows[1] {
		rows[1][j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, above, row := rows[(i-1)%3], rows[i%3], rows[(i+1)%3]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(above[j]+1, row[j-1]+1, above[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return rows[(len(a)+1)%3][len(b)]
}

// didYouMean ends a message with the candidate that a misspelt name most likely means.
func didYouMean(name string, candidates []string) string {
	if c := closest(name, candidates); c != "" {
		return "; did you mean \"" + c + "\"?"
	}
	return ""
}
