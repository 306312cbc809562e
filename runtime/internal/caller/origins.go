package caller

import (
	"slices"
	"strings"
)

// Origins is a list of web origins: exact ones, "*", and ones with a "*" for a subdomain, as
// "https://*.example.com".
type Origins []string

// Allow says whether an origin is on the list; case does not count.
func (o Origins) Allow(origin string) bool {
	for _, pattern := range o {
		if match(strings.ToLower(pattern), strings.ToLower(origin)) {
			return true
		}
	}
	return false
}

// Named are the origins but those that stand for pages that nobody knows: "*", and ones whose "*" is
// no subdomain, as "https://*".
func (o Origins) Named() Origins {
	return slices.DeleteFunc(slices.Clone(o), func(pattern string) bool {
		_, after, wild := strings.Cut(pattern, "*")
		return wild && !strings.HasPrefix(after, ".")
	})
}

func match(pattern, origin string) bool {
	if pattern == "*" {
		return true
	}
	before, after, wild := strings.Cut(pattern, "*")
	if !wild {
		return pattern == origin
	}
	rest, ok := strings.CutPrefix(origin, before)
	if !ok {
		return false
	}
	name, ok := strings.CutSuffix(rest, after)
	return ok && name != "" && !strings.ContainsAny(name, "/:@")
}
