package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/penstock-dev/penstock/generator"
	"github.com/penstock-dev/penstock/runtime"
)

// sample is the request that `explain --request` is about.
type sample struct {
	request string   // "GET /orders X-Region: eu"
	headers []string // "X-Region: eu"
	body    string
	claims  string // JSON object
	config  string // the gateway's configuration file
}

// given says whether one of the flags was used.
func (s sample) given() bool {
	return s.request != "" || len(s.headers) > 0 || s.body != "" || s.claims != "" || s.config != ""
}

// read makes the request of the flags, and what authentication would have found out.
func (s sample) read(ctx context.Context) (*http.Request, map[string]any, error) {
	method, rest, ok := strings.Cut(strings.TrimSpace(s.request), " ")
	target, head, _ := strings.Cut(strings.TrimSpace(rest), " ")
	if lines := strings.SplitN(rest, "\n", 2); len(lines) == 2 && !strings.Contains(strings.TrimSpace(lines[0]), " ") {
		target, head = strings.TrimSpace(lines[0]), lines[1]
	}
	if !ok || !strings.HasPrefix(target, "/") {
		return nil, nil, fmt.Errorf("%q is no request: write a method, a path and headers, as in 'GET /orders?limit=1 X-Region: eu'", s.request)
	}
	r, err := http.NewRequestWithContext(ctx, method, "http://localhost"+target, strings.NewReader(s.body))
	if err != nil {
		return nil, nil, fmt.Errorf("%q is no request: %w", s.request, err)
	}
	r.RemoteAddr = "127.0.0.1:0"
	for _, line := range slices.Concat(strings.Split(head, "\n"), s.headers) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if name = strings.TrimSpace(name); !ok || name == "" || strings.Contains(name, " ") {
			return nil, nil, fmt.Errorf("%q is no header: write 'Name: value', one a line", strings.TrimSpace(line))
		}
		r.Header.Add(name, strings.TrimSpace(value))
	}
	var claims map[string]any
	if s.claims != "" {
		if err := json.Unmarshal([]byte(s.claims), &claims); err != nil || claims == nil {
			return nil, nil, fmt.Errorf("--claims %q is no JSON object", s.claims)
		}
	}
	return r, claims, nil
}

// explainRequest shows the configuration that a request would get.
func (c *console) explainRequest(ctx context.Context, form format, s sample, files []string) error {
	r, claims, err := s.read(ctx)
	if err != nil {
		return usageError{err}
	}
	documents, issues := generator.APIs(files...)
	c.issues(c.stderr, issues)
	if generator.Failed(issues) {
		return errReported
	}
	cfg, err := runtime.LoadConfig(s.config, os.Environ())
	if err != nil {
		return err
	}
	explanation, err := runtime.Explain(cfg, mountable(documents), r, claims) //nolint:contextcheck // handlers take the context from their request
	var refused *runtime.Refusal
	switch {
	case errors.As(err, &refused):
		return c.refused(form, refused)
	case err != nil:
		return err
	case form == asJSON:
		return c.writeJSON(explanation)
	}
	return c.writeExplanation(r, explanation)
}

// mountable gives documents as generated code mounts them, without hooks.
func mountable(documents []generator.API) []runtime.API {
	var apis []runtime.API
	for _, d := range documents {
		api := runtime.API{Name: d.Name, Title: d.Title, Version: d.Version, Source: d.Source}
		for _, descriptor := range d.Descriptors {
			api.Operations = append(api.Operations, runtime.Operation{Descriptor: descriptor})
		}
		apis = append(apis, api)
	}
	return apis
}

// refused shows the answer that the client would see, and its cause.
func (c *console) refused(form format, r *runtime.Refusal) error {
	if form == asJSON {
		if err := c.writeJSON(json.RawMessage(r.Problem)); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(c.stdout, "%d %s\n%s\n", r.Status, http.StatusText(r.Status), strings.TrimSpace(string(r.Problem)))
	}
	c.fail(r.Cause)
	return errReported
}

// writeExplanation writes a line for each value, in columns.
func (c *console) writeExplanation(r *http.Request, e runtime.Explanation) error {
	columns := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(columns, "%s %s: %s of operation %q, api %q\n", r.Method, r.URL.RequestURI(), e.Entrypoint, e.Operation, e.API)
	for _, endpoint := range e.Endpoints {
		fmt.Fprintf(columns, "\nendpoint %s\n", endpoint.Name)
		for _, v := range endpoint.Values {
			fmt.Fprintf(columns, "  %s\t%s\t%s\n", v.Pointer, v.Value, v.Source)
		}
	}
	for _, section := range []struct {
		title  string
		values []runtime.ExplainedValue
	}{{"messages", e.Messages}, {"attributes that are not set", e.Unset}} {
		if len(section.values) > 0 {
			fmt.Fprintf(columns, "\n%s\n", section.title)
		}
		for _, v := range section.values {
			fmt.Fprintf(columns, "  %s\t%s\t%s\n", v.Pointer, shown(v), v.Source)
		}
	}
	if err := columns.Flush(); err != nil {
		return fmt.Errorf("write the explanation: %w", err)
	}
	return nil
}

// shown is a value: computed, what is computed for each message, or what fails.
func shown(v runtime.ExplainedValue) string {
	switch {
	case v.Problem != "":
		return v.Value + ": " + v.Problem
	case v.Condition != "":
		return "of each message, if " + v.Condition + ": " + v.Value
	case v.OfEachMessage:
		return "of each message: " + v.Value
	}
	return v.Value
}
