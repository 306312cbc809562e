package scope_test

import (
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/runtime/expr"
)

// FuzzEvaluate: against a real request and message no text makes an evaluation panic, run
// for long, give more than its limit of 1 MiB, or put a secret into an error. Every error has its
// place in the text.
func FuzzEvaluate(f *testing.F) {
	seeds := cases(f, "testdata/cases.txt")
	maps.Copy(seeds, cases(f, "../../expr/testdata/cases.txt"))
	for text := range seeds {
		f.Add(text, `{"a":[1,{"b":"c"}]}`, "eu")
	}
	f.Add("{#request.content.split(#request.headers['X'][0])}", strings.Repeat("y", 4096), "(y.*z)?")
	env := environment()
	f.Fuzz(func(t *testing.T, text, body, header string) {
		x := publish(t)
		x.Body = []byte(body)
		x.Request.Header["X"] = []string{header}
		for _, place := range []expr.Place{expr.Configuration, expr.Request, expr.Message} {
			compiled, err := expr.Compile(text, place)
			if err != nil {
				continue
			}
			s := env.Scope(x)
			if place == expr.Message {
				s = env.Message(x, record())
			}
			start := time.Now()
			got, err := compiled.Text(s)
			if spent := time.Since(start); spent > 20*time.Second {
				t.Errorf("%q took %v", text, spent)
			}
			bounded(t, text, got, err)
			v, err := compiled.Value(s)
			bounded(t, text, "", err)
			if err != nil {
				continue
			}
			if _, err = v.Any(); err != nil {
				checkLimit(t, text, err)
			}
			if _, err = v.Texts(); err != nil {
				checkLimit(t, text, err)
			}
		}
	})
}

// bounded checks one result: literal text counts too.
func bounded(t *testing.T, text, got string, err error) {
	t.Helper()
	if static := !strings.Contains(text, "{"); len(got) > 1<<20 && !static {
		t.Errorf("%q gave %d bytes", text, len(got))
	}
	if err == nil {
		return
	}
	var placed *expr.EvaluationError
	if !errors.As(err, &placed) || placed.Offset < 0 || placed.Offset > len(text) {
		t.Errorf("%q: %v has no place", text, err)
	}
	if strings.Contains(err.Error(), "planted") && !strings.Contains(text, "planted") {
		t.Errorf("%q: %v holds a secret", text, err)
	}
}

// checkLimit: what was computed can be taken out, unless it is too much or an object.
func checkLimit(t *testing.T, text string, err error) {
	t.Helper()
	if !errors.Is(err, expr.ErrLimit) && !strings.HasPrefix(err.Error(), "an object is no ") {
		t.Errorf("%q: %v", text, err)
	}
}
