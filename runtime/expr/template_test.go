package expr

import (
	"errors"
	"strings"
	"sync"
	"testing"
)

func TestPlaces(t *testing.T) {
	for text, want := range map[string][3]string{
		"{#message.content.length()}": {
			"? character 2: #message exists only where a value is computed for each message",
			"? character 2: #message exists only where a value is computed for each message", "39",
		},
		"{#secrets.get('/file/a:b')}": {
			`"secret of /file/a:b"`, "? character 2: #secrets exists only in the configuration of an endpoint",
			"? character 2: #secrets exists only in the configuration of an endpoint",
		},
		"{#request.method}": {`"GET"`, `"GET"`, `"GET"`},
	} {
		for place := Configuration; place <= Message; place++ {
			if got := outcome(text, place, exampleScope(t)); got != want[place] {
				t.Errorf("%s at %d: got %s, want %s", text, place, got, want[place])
			}
		}
	}
}

func TestText(t *testing.T) {
	for text, want := range map[string]string{
		"":                                    "",
		"{(null)}":                            "",
		"{({1,2.0,'c'})}":                     "1,2.0,c",
		"{({a:1,b:{2,3}})}":                   "{a=1, b=2,3}",
		"{#request.headers['X-Region']}:9092": "eu,us:9092",
	} {
		compiled, err := Compile(text, Request)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := compiled.Text(exampleScope(t)); got != want || err != nil {
			t.Errorf("%s: got %q, %v, want %q", text, got, err, want)
		}
	}
}

func TestBool(t *testing.T) {
	for text, want := range map[string]string{
		"{(1 == 1)}": "true", "{('no')}": "false", "true": "true",
		"{(1)}": "character 1: a number is no boolean", "x": `character 1: the text is no boolean`,
		"{#context.attributes['none']}": "character 1: null is no boolean",
	} {
		compiled, err := Compile(text, Request)
		if err != nil {
			t.Fatal(err)
		}
		ok, err := compiled.Bool(exampleScope(t))
		got := show(BoolValue(ok))
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

func TestUses(t *testing.T) {
	compiled, err := Compile("a{#request.method}{({1}.![#context.attributes.x])}", Request)
	if err != nil {
		t.Fatal(err)
	}
	if !compiled.Uses("request") || !compiled.Uses("context") || compiled.Uses("node") {
		t.Error("want request and context only")
	}
}

func TestScopeFails(t *testing.T) {
	reason := errors.New("the body is not JSON")
	compiled, err := Compile("x{#request.jsonContent.a}", Request)
	if err != nil {
		t.Fatal(err)
	}
	_, err = compiled.Text(scopeMap{"request": ObjectValue(failingObject{reason})})
	var placed *EvaluationError
	if !errors.Is(err, reason) || !errors.As(err, &placed) || placed.Offset != strings.Index("x{#request.jsonContent.a}", "json") {
		t.Errorf("got %v", err)
	}
	if _, err = compiled.Text(scopeMap{}); err == nil || err.Error() != "character 3: #request: not set" {
		t.Errorf("got %v", err)
	}
}

type failingObject struct{ err error }

func (f failingObject) Property(string) (Value, error) { return Value{}, f.err }

func TestConcurrentUse(t *testing.T) {
	compiled, err := Compile("{#request.headers['X-Region'].![#this + '1']}", Request)
	if err != nil {
		t.Fatal(err)
	}
	scope := exampleScope(t)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 200 {
				if got, err := compiled.Text(scope); got != "eu1,us1" || err != nil {
					t.Errorf("got %q, %v", got, err)
					return
				}
			}
		})
	}
	group.Wait()
}
