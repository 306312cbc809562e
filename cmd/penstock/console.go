package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/generator"
)

// console is where a command writes: results to stdout, everything else to stderr.
type console struct {
	stdout, stderr io.Writer
	colourOut      bool
	colourErr      bool
}

// newConsole colours what goes to a terminal, unless NO_COLOR is set (no-color.org).
func newConsole(stdout, stderr *os.File) *console {
	plain := os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb"
	return &console{stdout, stderr, !plain && terminal(stdout), !plain && terminal(stderr)}
}

func terminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// The colours, as ANSI codes.
const (
	red    = "31"
	yellow = "33"
	green  = "32"
	faint  = "2"
)

func paint(on bool, colour, text string) string {
	if !on {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

// say writes a line of progress.
func (c *console) say(format string, args ...any) {
	fmt.Fprintf(c.stderr, format+"\n", args...)
}

// fail writes an error.
func (c *console) fail(err error) {
	c.say("%s %v", paint(c.colourErr, red, "penstock:"), err)
}

// issues writes one line for each issue; only warnings are told apart by colour.
func (c *console) issues(w io.Writer, issues []generator.Issue) {
	on := c.colourErr
	if w == c.stdout {
		on = c.colourOut
	}
	for _, issue := range issues {
		line := issue.String()
		if on {
			place, rest, _ := strings.Cut(line, ": ")
			colour := red
			if issue.Warning {
				colour = yellow
			}
			line = paint(on, faint, place+":") + " " + paint(on, colour, rest)
		}
		fmt.Fprintln(w, line)
	}
}

// counts says how many errors and warnings there are, "" for none.
func counts(issues []generator.Issue) string {
	errors, warnings := 0, 0
	for _, issue := range issues {
		if issue.Warning {
			warnings++
		} else {
			errors++
		}
	}
	var parts []string
	if errors > 0 {
		parts = append(parts, plural(errors, "error"))
	}
	if warnings > 0 {
		parts = append(parts, plural(warnings, "warning"))
	}
	return strings.Join(parts, ", ")
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// writeJSON writes a result for programs.
func (c *console) writeJSON(value any) error {
	encoder := json.NewEncoder(c.stdout)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	return nil
}

// format is the value of --format.
type format string

const (
	asText format = "text"
	asJSON format = "json"
)

// addFormat gives a command the flag --format.
func addFormat(cmd *cobra.Command, f *format) {
	*f = asText
	cmd.Flags().Var(f, "format", "form of the output: text or json")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions([]string{"text", "json"}, cobra.ShellCompDirectiveNoFileComp))
}

// String is the current value.
func (f *format) String() string { return string(*f) }

// Set takes text or json.
func (f *format) Set(text string) error {
	if text != string(asText) && text != string(asJSON) {
		return fmt.Errorf("%q is none of text, json", text)
	}
	*f = format(text)
	return nil
}

// Type is what --help shows.
func (*format) Type() string { return "FORMAT" }
