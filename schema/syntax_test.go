package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDocumentedExamples(t *testing.T) {
	paths, err := filepath.Glob("testdata/examples/*.json")
	if err != nil || len(paths) != 4 {
		t.Fatalf("examples: %q, %v", paths, err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := ValidateJSON(Endpoint, Template, text); got != nil {
			t.Errorf("%s: %q", path, lines(got))
		}
	}
}

func TestDocumentedExampleThatIsNotJSON(t *testing.T) {
	text, err := os.ReadFile("testdata/examples/oauthbearer.not-json.txt")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`: line 19, column 9: a comma is missing before "topics"`,
		`: line 20, column 35: there is a comma too many before "}"`,
	}
	if diff := cmp.Diff(want, lines(ValidateJSON(Endpoint, Template, text))); diff != "" {
		t.Error(diff)
	}
	var fault *SyntaxError
	if _, err := ParseJSON(text); !errors.As(err, &fault) || fault.Line != 19 || fault.Col != 9 {
		t.Errorf("ParseJSON: %v", err)
	}
}

func TestSyntaxErrors(t *testing.T) {
	for text, want := range map[string]string{
		``:                            `1:1 the file is empty`,
		" \n":                         `2:1 the file is empty`,
		`{"a":1`:                      `1:7 the file ends before the closing "}"`,
		`{"a":1,`:                     `1:8 the file ends before the closing "}"`,
		`{"a":`:                       `1:6 the file ends where a value is expected`,
		`[1,]`:                        `1:3 there is a comma too many before "]"`,
		`[,1]`:                        `1:2 a comma stands where a value is expected`,
		`[1,,2]`:                      `1:4 there is a comma too many`,
		`[1 2]`:                       `1:4 a comma is missing before "2"`,
		"{\"a\":1\n\"b\":2}":          `2:1 a comma is missing before "b"`,
		`{"a":1;"b":2}`:               `1:7 unexpected ";" where a comma or "}" is expected`,
		`{"a" 1}`:                     `1:6 a colon is missing after "a"`,
		`{a:1}`:                       `1:2 unexpected "a" where a property's name in double quotes is expected`,
		`{'a':1}`:                     `1:2 unexpected "'" where a property's name in double quotes is expected`,
		`['a']`:                       `1:2 a text stands in double quotes, not in single ones`,
		`[yes]`:                       `1:2 unexpected "y" where a value is expected`,
		`{"a":1}}`:                    `1:8 unexpected "}" after the end of the value`,
		"[1] // one":                  `1:5 JSON has no comments`,
		"{# one\n}":                   `1:2 JSON has no comments`,
		"[/* one */1, /* two */ 2]":   "1:2 JSON has no comments\n1:14 JSON has no comments",
		`{"a":1,"b":2,"a":3}`:         `1:14 duplicate key "a": it stands already in line 1`,
		"[\"a\nb\"]":                  `1:2 the closing quote of "a" is missing on this line`,
		`["a`:                         `1:2 the closing quote of "a" is missing`,
		"[\"a\tb\"]":                  `1:4 a control character in a text is written as an escape, like \t or \u0009`,
		`["C:\dir"]`:                  `1:2 a text has an escape that JSON does not know: use \\ for a backslash`,
		"[\"\xff\"]":                  `1:2 a text is not UTF-8`,
		"\xff":                        `1:1 unexpected the byte 0xff where a value is expected`,
		`[01]`:                        `1:2 "01" is not a number as JSON writes it: a text stands in double quotes`,
		`[1.]`:                        `1:2 "1." is not a number as JSON writes it: a text stands in double quotes`,
		strings.Repeat("[", 10_001):   `1:10001 nested deeper than 10000 levels`,
		`{"a":1 "b":2 "c":[3,]}`:      "1:8 a comma is missing before \"b\"\n1:14 a comma is missing before \"c\"\n1:20 there is a comma too many before \"]\"",
		`{"x":tru}`:                   `1:6 unexpected "t" where a value is expected`,
		`{"` + strings.Repeat("é", 2): `1:2 the closing quote of "éé" is missing`,
	} {
		var got []string
		for _, fault := range SyntaxErrors([]byte(text)) {
			got = append(got, strings.Replace(strings.Replace(fault.Error(), "line ", "", 1), ", column ", ":", 1))
		}
		if diff := cmp.Diff(strings.Split(strings.ReplaceAll(want, "\n", "|"), "|"), position(got)); diff != "" {
			t.Errorf("%.40q (-want +got):\n%s", text, diff)
		}
	}
}

// position turns "1:2: message" into "1:2 message".
func position(faults []string) []string {
	for i, fault := range faults {
		where, message, _ := strings.Cut(fault, ": ")
		faults[i] = where + " " + message
	}
	return faults
}

// FuzzParseJSON compares with encoding/json: whatever one accepts, the other does with the same
// result; repeated keys, invalid UTF-8 and great depth aside, which only encoding/json accepts.
func FuzzParseJSON(f *testing.F) {
	for _, seed := range []string{`{"a":[1,-2.5e3,"\u00e9\n",true,false,null,{}]}`, `[1,]`, `{"a":1 "b":2}`, `"\ud800"`, `// x`, `{"a":{"b":[[]]}}`, `-`, `1e`, `tru`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := ParseJSON(text)
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.UseNumber()
		var want any
		valid := json.Valid(text) && decoder.Decode(&want) == nil
		if err != nil {
			for _, only := range []string{"stands already", "not UTF-8", "nested deeper"} {
				if strings.Contains(err.Error(), only) {
					return
				}
			}
		}
		if valid != (err == nil) {
			t.Fatalf("%q: encoding/json says valid %v, ParseJSON says %v", text, valid, err)
		}
		if valid && !cmp.Equal(want, got) {
			t.Fatalf("%q: %v, want %v", text, got, want)
		}
		for _, fault := range SyntaxErrors(text) {
			if fault.Line < 1 || fault.Col < 1 || fault.Message == "" {
				t.Fatalf("%q: fault %+v has no place", text, fault)
			}
		}
	})
}
