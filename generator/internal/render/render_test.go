package render

import (
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/penstock-dev/penstock/runtime/endpoint"
)

func TestQuote(t *testing.T) {
	for text, want := range map[string]string{
		"plain":        `"plain"`,
		`{"a":1}`:      "`{\"a\":1}`",
		"back`tick\"":  "\"back`tick\\\"\"",
		"line\nbreak":  `"line\nbreak"`,
		"\u202e\"turn": `"\u202e\"turn"`,
		"tab\t\"":      `"tab\t\""`,
		"":             `""`,
	} {
		if got, err := quote(text); err != nil || got != want {
			t.Errorf("quote(%q) = %s, %v; want %s", text, got, err, want)
		}
	}
	if got, err := quote(endpoint.JSON(`"x"`)); err != nil || got != "`\"x\"`" {
		t.Errorf("quote of JSON = %s, %v", got, err)
	}
	if _, err := quote(1); err == nil || err.Error() != "quote int: not a text" {
		t.Errorf("quote(1): error %v", err)
	}
}

func TestComment(t *testing.T) {
	for text, want := range map[string]string{
		"":           "//",
		"one":        "// one",
		"one\r\ntwo": "// one\n// two",
		"a\n\nb":     "// a\n//\n// b",
		"*/ x":       "// */ x",
		strings.Repeat("word ", 30): "// " + strings.TrimSpace(strings.Repeat("word ", 19)) + "\n// " +
			strings.TrimSpace(strings.Repeat("word ", 11)),
		"a\n    " + strings.Repeat("kept ", 30) + "x": "// a\n//     " + strings.Repeat("kept ", 30) + "x",
	} {
		if got := comment(text); got != want {
			t.Errorf("comment(%q) =\n%s\nwant\n%s", text, got, want)
		}
	}
}

// FuzzQuote: whatever a document says, it comes back as the same text, and hides no direction of
// writing.
func FuzzQuote(f *testing.F) {
	for _, seed := range []string{"a`b", `a"b`, "\\", "\x00", "\u2028", "\u202e", "\xff", "*/", "`+panic(1)+`", "\ufeff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := quote(text)
		if err != nil {
			t.Fatal(err)
		}
		expr, err := parser.ParseExpr(got)
		if err != nil {
			t.Fatalf("quote(%q) = %s: %v", text, got, err)
		}
		literal, ok := expr.(*ast.BasicLit)
		if !ok || literal.Kind != token.STRING {
			t.Fatalf("quote(%q) = %s, which is no string", text, got)
		}
		if back, err := strconv.Unquote(literal.Value); err != nil || back != text {
			t.Fatalf("quote(%q) = %s, which is %q, %v", text, got, back, err)
		}
		if strings.ContainsAny(got, "\u202e\u2066\u200f") {
			t.Fatalf("quote(%q) = %s turns the direction of writing", text, got)
		}
	})
}

// FuzzComment: whatever a document says, a Go scanner sees comments and nothing else.
func FuzzComment(f *testing.F) {
	for _, seed := range []string{"a\nb", "a\rb", "*/", "\x00", "\u2028x", "\xff", "//go:embed x", "\n\n", "\ufeff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, got := range []string{comment(text), "// " + line(text)} {
			if !utf8.ValidString(got) {
				t.Fatalf("comment(%q) is not UTF-8", text)
			}
			files := token.NewFileSet()
			var s scanner.Scanner
			problems := 0
			s.Init(files.AddFile("x.go", -1, len(got)), []byte(got), func(token.Position, string) { problems++ }, scanner.ScanComments)
			for {
				_, tok, found := s.Scan()
				if tok == token.EOF {
					break
				}
				if tok != token.COMMENT || strings.HasPrefix(found, "//go:") || problems > 0 {
					t.Fatalf("comment(%q) =\n%s\nholds %s %q", text, got, tok, found)
				}
			}
		}
	})
}
