package jaas

import (
	"slices"
	"strings"
)

// rules say which options of a login module go together. They look at what is there, not at
// values, which a text may compute; an empty value is none.
type rules struct {
	needs    []string            // options without which there is no login
	oneOf    []string            // one of these at least
	with     map[string][]string // options that an option needs beside it
	excludes [][2]string
	unserved map[string]string // options, and prefixes of some, that this version has no use for: why
}

// check finds what an entry lacks, and what would be passed over if it were let through.
func (r rules) check(e Entry) *fault {
	for _, o := range e.Options {
		if wrong := r.option(e, o); wrong != nil {
			return wrong
		}
	}
	for _, name := range r.needs {
		if !e.has(name) {
			return &fault{e.at, name + " is missing: " + short(e.Module) + " needs it"}
		}
	}
	if len(r.oneOf) > 0 && !slices.ContainsFunc(r.oneOf, e.has) {
		return &fault{e.at, r.oneOf[0] + " is missing: " + short(e.Module) + " needs it, or " + strings.Join(r.oneOf[1:], " or ")}
	}
	return nil
}

func (r rules) option(e Entry, o Option) *fault {
	for name, why := range r.unserved {
		if strings.HasPrefix(o.Name, name) {
			return &fault{o.at, why}
		}
	}
	for _, pair := range r.excludes {
		if o.Name == pair[1] && e.has(pair[0]) {
			return &fault{o.at, pair[0] + " and " + pair[1] + " exclude each other"}
		}
	}
	for _, name := range r.with[o.Name] {
		if !e.has(name) {
			return &fault{o.at, name + " is missing: " + o.Name + " needs it"}
		}
	}
	return nil
}

func (e Entry) has(name string) bool {
	value, _ := e.Get(name)
	return value != ""
}
