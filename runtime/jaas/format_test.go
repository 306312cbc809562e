package jaas

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func TestFormat(t *testing.T) {
	for _, tt := range []struct {
		entry Entry
		want  string
	}{
		{Entry{Module: "a.B", Flag: "REQUIRED"}, `a.B required;`},
		{
			Entry{Module: "a.B", Flag: "OPTIONAL", Options: []Option{NewOption("user", "bob"), NewOption("password", `p"w\;='/ x`), NewOption("empty", "")}},
			`a.B optional user="bob" password="p\"w\\;='/ x" empty="";`,
		},
		{Entry{Module: "a B", Flag: "REQUIRED", Options: []Option{NewOption("", "one\ntwo\r\tthree")}}, `"a B" required ""="one\ntwo\r` + "\tthree\";"},
		{Entry{Module: "a.B", Flag: "REQUIRED", Options: []Option{NewOption("a/b", "€{#request.headers['X'][0]}")}}, `a.B required "a/b"="€{#request.headers['X'][0]}";`},
	} {
		if got := Format(tt.entry); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
		sameEntry(t, tt.entry)
	}
}

func TestWithValue(t *testing.T) {
	e, err := Parse(`a.B required user="{#a}" password=x;`)
	if err != nil {
		t.Fatal(err)
	}
	e[0].Options[0] = e[0].Options[0].WithValue("alice")
	if got, want := Format(e[0]), `a.B required user="alice" password="x";`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// sameEntry reads what Format writes and compares.
func sameEntry(t *testing.T, e Entry) {
	t.Helper()
	text := Format(e)
	entries, err := Parse(text)
	if err != nil || len(entries) != 1 {
		t.Fatalf("%q: got %d entries, %v", text, len(entries), err)
	}
	got := entries[0]
	if got.Module != e.Module || got.Flag != e.Flag || len(got.Options) != len(e.Options) {
		t.Fatalf("%q: got %s %s with %d options, want %s %s with %d", text, got.Module, got.Flag, len(got.Options), e.Module, e.Flag, len(e.Options))
	}
	for i, o := range e.Options {
		if got.Options[i].Name != o.Name || got.Options[i].value != o.value {
			t.Fatalf("%q: option %d is %q=%q, want %q=%q", text, i+1, got.Options[i].Name, got.Options[i].value, o.Name, o.value)
		}
	}
}

// TestFormatOfAnyEntry writes and reads 10,000 entries of the characters that mean something.
func TestFormatOfAnyEntry(t *testing.T) {
	alphabet := []rune("aZ09_.-=;/*'\"\\ \t\n\r\v\f\b\a\x00\u0085€{}#nr1")
	random := rand.New(rand.NewPCG(1, 2))
	text := func(least int) string {
		var b strings.Builder
		for range least + random.IntN(8) {
			b.WriteRune(alphabet[random.IntN(len(alphabet))])
		}
		return b.String()
	}
	flags := []string{"REQUIRED", "REQUISITE", "SUFFICIENT", "OPTIONAL"}
	for range 10_000 {
		e := Entry{Module: text(1), Flag: flags[random.IntN(len(flags))]}
		for range random.IntN(4) {
			e.Options = append(e.Options, NewOption(text(0), text(0)))
		}
		sameEntry(t, e)
	}
}

// FuzzFormat: what is written is read again, whatever the name and the value are.
func FuzzFormat(f *testing.F) {
	f.Add("a.B", "user", "bob")
	f.Add("a B", "", "p\"w\\\n\r;='/ x")
	f.Fuzz(func(t *testing.T, module, option, value string) {
		clean := func(s string) string { return strings.ToValidUTF8(s, "?") }
		if module = clean(module); module == "" {
			return
		}
		sameEntry(t, Entry{Module: module, Flag: "REQUIRED", Options: []Option{NewOption(clean(option), clean(value)), NewOption("b", clean(value+"\\"))}})
	})
}
