package dev

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/penstock-dev/penstock/cmd/penstock/internal/shell"
	"github.com/penstock-dev/penstock/generator"
)

// tellReady says that the gateway serves; the first time also where, and what to try.
func (s *session) tellReady(b *build, took time.Duration) {
	s.console.Say("%s in %.1f s", s.console.Good("Ready"), took.Seconds())
	if s.greeted {
		return
	}
	s.greeted = true
	web := "http://" + reachable(s.Listen)
	s.console.Say("  gateway  %s", web)
	s.console.Say("  docs     %s/docs", web)
	s.console.Say("  admin    http://%s/metrics", reachable(s.Admin))
	s.console.Say("  kafka    %s", s.broker.Addr())
	if commands := try(b.explanations, web); len(commands) > 0 {
		s.console.Say("Try, in another terminal:")
		for _, command := range commands {
			s.console.Say("  %s", command)
		}
	}
	if s.Watch {
		s.console.Say("Watching for changes. Interrupt (Ctrl-C) to stop.")
	}
}

// reachable is an address as a client writes it.
func reachable(address string) string {
	host, port, err := net.SplitHostPort(address)
	if ip := net.ParseIP(host); err == nil && (host == "" || ip != nil && (ip.IsUnspecified() || ip.IsLoopback())) {
		return net.JoinHostPort("localhost", port)
	}
	return address
}

// try lists a command for each kind of entrypoint that curl can use: to publish, to watch, to
// fetch, in that order. They are those of one document as far as it has them, so that what the
// first one publishes is seen by the others.
func try(explanations []generator.Explanation, web string) []string {
	explanations = slices.Clone(explanations)
	slices.SortStableFunc(explanations, func(a, b generator.Explanation) int { return kindsOf(b) - kindsOf(a) })
	var commands []string
	for _, kind := range tried {
		for _, e := range explanations {
			if op, route := pick(e, kind); route != nil {
				commands = append(commands, command(op, *route, web))
				break
			}
		}
	}
	return commands
}

var tried = []string{"http-post", "sse", "http-get"}

// kindsOf counts the kinds of entrypoints to try that a document has.
func kindsOf(e generator.Explanation) int {
	n := 0
	for _, kind := range tried {
		if _, route := pick(e, kind); route != nil {
			n++
		}
	}
	return n
}

// pick finds the simplest route of a kind: open to everybody, without path parameters, without
// headers of its own.
func pick(e generator.Explanation, kind string) (generator.ExplainedOperation, *generator.ExplainedRoute) {
	var found generator.ExplainedOperation
	var best *generator.ExplainedRoute
	least := 0
	for _, op := range e.Operations {
		for i, route := range op.Routes {
			if route.Entrypoint != kind {
				continue
			}
			cost := 2 * strings.Count(route.Path, "{")
			if op.Headers && kind == "http-post" {
				cost++
			}
			if route.Guarded {
				cost += 100
			}
			if best == nil || cost < least {
				found, best, least = op, &op.Routes[i], cost
			}
		}
	}
	return found, best
}

func command(op generator.ExplainedOperation, route generator.ExplainedRoute, web string) string {
	url := web + route.Example
	switch route.Entrypoint {
	case "http-post":
		body := op.Example
		if body == "" {
			body = "{}"
		}
		method := ""
		if route.Method != "POST" {
			method = "-X " + route.Method + " "
		}
		return fmt.Sprintf("curl -i %s%s -H 'Content-Type: application/json' -d %s", method, shell.Word(url), shell.Word(body))
	case "sse":
		return fmt.Sprintf("curl -N %s -H 'Accept: text/event-stream'", shell.Word(url))
	}
	return "curl " + shell.Word(url+"?limit=10")
}
