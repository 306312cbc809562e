// Package routes keeps the routes of all mounted apis, refuses equal ones, and tells
// entrypoints that share a path and method apart by Accept and Upgrade.
package routes

import (
	"errors"
	"fmt"
	"strings"
)

// Path is a path template in the form that the router takes.
type Path struct {
	Echo   string   // "/orders/:id"
	Shape  string   // "/orders/{}": equal for two templates that match the same paths
	Params []string // names in order
}

// Join puts a path under a base path; both start with "/".
func Join(base, path string) string {
	base = strings.TrimRight(base, "/")
	if path == "/" && base != "" {
		return base
	}
	return base + path
}

// ParsePath reads a template as "/orders/{id}". A parameter is a whole segment.
func ParsePath(template string) (Path, error) {
	if !strings.HasPrefix(template, "/") {
		return Path{}, fmt.Errorf("path %q does not start with \"/\"", template)
	}
	var p Path
	for segment := range strings.SplitSeq(template[1:], "/") {
		name, param, err := parseSegment(segment)
		if err != nil {
			return Path{}, fmt.Errorf("path %q: %w", template, err)
		}
		if !param {
			p.Echo += "/" + strings.ReplaceAll(segment, ":", `\:`)
			p.Shape += "/" + segment
			continue
		}
		for _, other := range p.Params {
			if other == name {
				return Path{}, fmt.Errorf("path %q: parameter %q stands twice", template, name)
			}
		}
		p.Params = append(p.Params, name)
		p.Echo += "/:" + name
		p.Shape += "/{}"
	}
	return p, nil
}

func parseSegment(segment string) (name string, param bool, err error) {
	if strings.ContainsAny(segment, "*?#") {
		return "", false, fmt.Errorf("%q may not hold *, ? or #", segment)
	}
	if !strings.ContainsAny(segment, "{}") {
		return "", false, nil
	}
	name, ok := strings.CutPrefix(segment, "{")
	name, closed := strings.CutSuffix(name, "}")
	if !ok || !closed || name == "" || strings.ContainsAny(name, "{}:") {
		return "", false, errors.New("a parameter is a whole segment, as {name}")
	}
	return name, true, nil
}
