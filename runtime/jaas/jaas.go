// Package jaas reads JAAS login configuration as the property sasl.jaas.config of Kafka's Java
// client has it: "Module flag name=value … ;". What that client accepts is accepted, and
// nothing else.
//
// Errors name a line and a column of the text and never repeat a part of it: a password that
// was quoted wrongly falls into pieces, and each token may be one of them.
package jaas

import (
	"fmt"
	"strings"
)

// Entry is one login module with its options.
type Entry struct {
	Module  string // the class
	Flag    string // REQUIRED, REQUISITE, SUFFICIENT or OPTIONAL; SASL clients pay no attention to it
	Options []Option

	at int
}

// Option is one name and its value, which may be a secret: it prints its name only.
type Option struct {
	Name string

	value string
	at    int
}

// Value gives the value to the one place that needs it.
func (o Option) Value() string { return o.value }

// String is the name and REDACTED.
func (o Option) String() string { return o.Name + "=REDACTED" }

// GoString is the name and REDACTED.
func (o Option) GoString() string { return o.String() }

// Get gives the value of an option. The last one counts where a name stands twice, as in Java.
func (e Entry) Get(name string) (value string, ok bool) {
	for _, o := range e.Options {
		if o.Name == name {
			value, ok = o.value, true
		}
	}
	return value, ok
}

// Error is a problem at a place of the text.
type Error struct {
	Line, Column int // from 1; columns count bytes
	Problem      string
}

// Error is "line 1, column 2: problem".
func (e *Error) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Problem)
}

// fault is an error before its place is counted out.
type fault struct {
	at      int
	problem string
}

func (f *fault) in(text string) error {
	before := text[:f.at]
	line := strings.Count(before, "\n") + 1
	return &Error{Line: line, Column: f.at - strings.LastIndexByte(before, '\n'), Problem: f.problem}
}

// Parse reads a whole text in UTF-8. The error is an *Error.
func Parse(text string) ([]Entry, error) {
	entries, wrong := read(text)
	for _, e := range entries {
		switch e.Flag {
		case "REQUIRED", "REQUISITE", "SUFFICIENT", "OPTIONAL":
			continue
		case "{":
			return nil, (&fault{e.at, "this is the form of a JAAS file: write the login module alone, without a name and braces around it"}).in(text)
		}
		return nil, (&fault{e.at, "the word after the login module is none of required, requisite, sufficient, optional"}).in(text)
	}
	if wrong != nil {
		return nil, wrong.in(text)
	}
	return entries, nil
}

// read splits a text into entries. Flags are not checked. With a fault the last entry is the
// one where it is, when its flag is known.
func read(text string) ([]Entry, *fault) {
	s := &scanner{text: text}
	var entries []Entry
	for t := s.next(); t.kind != end; t = s.next() {
		if t.kind != word || t.text == "" {
			return entries, &fault{t.at, "a login module belongs here"}
		}
		flag := s.next()
		if flag.kind != word {
			return entries, &fault{flag.at, "required, requisite, sufficient or optional belongs here"}
		}
		options, wrong := readOptions(s)
		entries = append(entries, Entry{t.text, strings.ToUpper(flag.text), options, t.at})
		if wrong != nil {
			return entries, wrong
		}
	}
	if entries == nil {
		return nil, &fault{len(text), "there is no login module"}
	}
	return entries, nil
}

// readOptions reads up to the semicolon.
func readOptions(s *scanner) ([]Option, *fault) {
	const slash = ` (a "/" outside quotes starts a comment: put values that hold one in quotes)`
	hint := func(problem string, from int) string {
		if strings.Contains(s.text[from:s.pos], "/") {
			problem += slash
		}
		return problem
	}
	var options []Option
	previous := s.pos
	for {
		name := s.next()
		switch {
		case name.kind == end:
			return options, &fault{name.at, hint(`";" is missing at the end`, previous)}
		case name.kind == symbol && name.char == ';':
			return options, nil
		case name.kind == symbol:
			return options, &fault{name.at, "the name of an option belongs here"}
		}
		if equals := s.next(); equals.kind != symbol || equals.char != '=' {
			return options, &fault{name.at, hint(`an option is written name=value: "=" is missing (put values with spaces, quotes or "=" in quotes)`, previous)}
		}
		value := s.next()
		if value.kind != word {
			return options, &fault{name.at, hint("the option has no value", name.at)}
		}
		options = append(options, Option{name.text, value.text, name.at})
		previous = value.at
	}
}
