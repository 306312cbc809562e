package main

import (
	"path/filepath"
	"slices"

	"github.com/penstock-dev/penstock/cmd/penstock/internal/shell"
	"github.com/penstock-dev/penstock/generator"
)

// sayRemoved tells which packages of earlier runs are removed and why, and how to keep those whose
// documents were only not named. verb is what happens to them; command is how the user called.
func (c *console) sayRemoved(verb, out, command string, removed []generator.Removed, files []string) {
	all := make([]string, 0, len(files)+len(removed))
	for _, file := range files {
		all = append(all, filepath.ToSlash(file))
	}
	forgotten := 0
	for _, r := range removed {
		c.say("%s %s: %s", paint(c.colourErr, yellow, verb), near(filepath.Join(out, r.Package)), r.Reason)
		if r.Forgotten {
			forgotten++
			all = append(all, r.Source)
		}
	}
	if forgotten > 0 {
		slices.Sort(all)
		c.say("to keep %s, name all documents: %s %s", map[bool]string{true: "it", false: "them"}[forgotten == 1], command, shell.Words(slices.Compact(all)))
	}
}

// near names a file from the working directory where it is below that.
func near(file string) string {
	if working, err := filepath.Abs("."); err == nil {
		if relative, err := filepath.Rel(working, file); err == nil && filepath.IsLocal(relative) {
			file = relative
		}
	}
	return filepath.ToSlash(file)
}
