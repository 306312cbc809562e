package expr

import (
	"errors"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/runtime/expr/internal/syntax"
)

func TestLimitsOfCompiling(t *testing.T) {
	for name, c := range map[string][2]string{
		"length": {"{#request.method}" + strings.Repeat("x", syntax.MaxLength), "character 1: longer than 16384 bytes, the limit of a text with expressions"},
		"depth":  {"{(" + strings.Repeat("(", 70) + "1" + strings.Repeat(")", 70) + ")}", "character 66: nested deeper than 64 levels"},
		"not":    {"{(" + strings.Repeat("!", 70) + "true)}", "character 66: nested deeper than 64 levels"},
	} {
		if _, err := Compile(c[0], Request); err == nil || err.Error() != c[1] {
			t.Errorf("%s: got %v, want %s", name, err, c[1])
		}
	}
	long := strings.Repeat("x", 2*syntax.MaxLength)
	compiled, err := Compile(long, Request)
	if err != nil {
		t.Fatalf("a text without expressions has no limit: %v", err)
	}
	if text, static := compiled.Static(); !static || text != long {
		t.Errorf("static %v, %d bytes", static, len(text))
	}
}

func TestLimitsOfEvaluation(t *testing.T) {
	hundred := "{" + strings.Repeat("1,", 99) + "1}"
	pairs := "{(" + "{1}" + strings.Repeat(".![{#this,#this}]", 40) + ")}"
	for name, c := range map[string][2]string{
		"steps":             {"{(" + hundred + ".![" + hundred + "])}", "10000 steps"},
		"repeat":            {"{('x'.repeat(1048577))}", "1048576 bytes"},
		"multiplied":        {"{('x' * 9223372036854775807)}", "1048576 bytes"},
		"replace":           {"{('x'.repeat(2000).replace('x', 'y'.repeat(2000)))}", "1048576 bytes"},
		"split":             {"{#request.content.split('y')}", "1048576 bytes"},
		"pieces":            {"{#request.content.replaceAll('y', '')}", "1048576 bytes"},
		"capitals":          {"{#request.content.toUpperCase()}", "1048576 bytes"},
		"text that doubles": {pairs, "10000 steps"},
		"patterns":          {"{(" + hundred + ".!['a' matches 'a' + #this])}", "10000 steps"},
		"searches":          {"{#request.content.split('(y.*z)?')}", "10000 steps"},
		"replacements":      {"{#request.content.replaceAll('y*z|y', '')}", "10000 steps"},
		"large pattern":     {"{(#request.content matches '(y{900}z?)*')}", "10000 steps"},
		"looked at":         {"{(" + hundred + ".![#request.content.contains('x')])}", "10000 steps"},
		"values of JSON":    {"{#jsonPath(#request.headers['wide'][0], '$[0]')}", "JSON of more than 20000 values"},
		"nested JSON":       {"{#jsonPath(#request.headers['deep'][0], '$')}", "JSON of more than 64 levels"},
	} {
		scope := scopeMap{"request": ObjectValue(object{
			"content": TextValue(strings.Repeat("y", 1<<20+1)),
			"headers": MapValue(fold{"wide": TextsValue([]string{"[1" + strings.Repeat(",1", 20000) + "]"}), "deep": TextsValue([]string{strings.Repeat("[", 70) + strings.Repeat("]", 70)})}),
		})}
		compiled, err := Compile(c[0], Request)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		_, err = compiled.Text(scope)
		if !errors.Is(err, ErrLimit) || !strings.HasSuffix(err.Error(), c[1]) {
			t.Errorf("%s: got %v, want the limit of %s", name, err, c[1])
		}
	}
}

func TestRepeatedTextWithinTheLimit(t *testing.T) {
	if got := outcome("{('x'.repeat(1000).length())}", Request, nil); got != "1000" {
		t.Errorf("got %s", got)
	}
}
