package schema

import (
	"regexp"
	"strings"
	"testing"
)

func TestTopicPatternMatchesWholeNames(t *testing.T) {
	tests := []struct {
		pattern       string
		match, differ []string
	}{
		{`orders`, []string{"orders"}, []string{"orders2", "my-orders", "orders\n"}},
		{`orders\..*`, []string{"orders.eu", "orders."}, []string{"orders", "orders-eu", "x.orders.eu"}},
		{`a|ab`, []string{"a", "ab"}, []string{"aab", "abb"}},
		{`^(?i)Orders$`, []string{"orders", "ORDERS"}, []string{"orders1"}},
		{`(?m)a$`, []string{"a"}, []string{"a\nb"}},
		{`(?P<tenant>[a-z]+)-(?<kind>\d{1,3})`, []string{"eu-12"}, []string{"eu-1234"}},
		{`\Qa.(?!b)\E+`, []string{"a.(?!b)"}, []string{"axb"}},
		{`[\]a&]+\(\?!\+`, []string{"]&(?!+"}, []string{"(?!+"}},
		{`a\Q(`, []string{"a("}, []string{"a"}},
		{`[]a]`, []string{"]", "a"}, []string{"b"}},
		{`[[:alpha:]_]+`, []string{"a_B"}, []string{"a1"}},
		{`a\++?`, []string{"a+"}, []string{"a"}},
		{`.*`, []string{"anything"}, nil},
		{`[a-zA-Z0-9._-]{1,249}`, []string{"a", strings.Repeat("a", 249)}, []string{"", strings.Repeat("a", 250)}},
		{strings.Repeat("a?", 400) + `b`, []string{"b", "ab"}, []string{"a"}},
	}
	for _, tt := range tests {
		re, err := TopicPattern(tt.pattern)
		if err != nil {
			t.Errorf("%s: %v", tt.pattern, err)
			continue
		}
		for _, name := range tt.match {
			if !re.MatchString(name) {
				t.Errorf("%s does not match %q", tt.pattern, name)
			}
		}
		for _, name := range tt.differ {
			if re.MatchString(name) {
				t.Errorf("%s matches %q", tt.pattern, name)
			}
		}
	}
}

func TestTopicPatternRefuses(t *testing.T) {
	const (
		linear = ` does not exist in RE2, whose time is linear: `
		whole  = `list the topics, or write one pattern for the whole name`
		not    = `list the topics, or write what matches instead of what does not`
	)
	tests := map[string]string{
		``:             `the pattern is empty`,
		`^(?!test).*$`: `look-ahead (?!…) at character 2` + linear + not,
		`ä(?=b).*`:     `look-ahead (?=…) at character 2` + linear + whole,
		`.*(?<!dlq)`:   `look-behind (?<!…) at character 3` + linear + not,
		`a(?<=a)b`:     `look-behind (?<=…) at character 2` + linear + whole,
		`(?>a|b)c`:     `the atomic group (?>…) at character 1 does not exist in RE2, which never goes back: write (?:…)`,
		`(a)-\1`:       `the back-reference \1 at character 5` + linear + `write out what it repeats`,
		`(?<n>a)\k<n>`: `the back-reference \k at character 8` + linear + `write out what it repeats`,
		`a*+b`:         `the possessive quantifier *+ at character 2 does not exist in RE2, which never goes back: write *`,
		`a{2,}+b`:      `the possessive quantifier {2,}+ at character 2 does not exist in RE2, which never goes back: write {2,}`,
		`a\++++`:       `the possessive quantifier ++ at character 4 does not exist in RE2, which never goes back: write +`,
		`[a-z&&[^b]]`:  `an intersection of classes (&&) at character 5 does not exist in RE2: write one class of the characters that are left`,
		`x[a-c[x-z]]`:  `a class within a class at character 6 means something else in RE2: write one class, such as [a-cx-z]`,
		`a\Z`:          `\Z at character 2 does not exist in RE2: leave it out, for a pattern matches the whole name anyway`,
		`\p{Alnum}+`:   `\p{Alnum} at character 1 does not exist in RE2: write [[:alnum:]], or [:alnum:] within a class`,
		`(`:            `not a regular expression (RE2): missing closing ): (`,
		`a)|(?:b`:      `not a regular expression (RE2): unexpected ): a)|(?:b`,
		`[a`:           `not a regular expression (RE2): missing closing ]: [a`,
		`or[a`:         `not a regular expression (RE2): missing closing ]: [a at character 3`,
		`a{1001}`:      `not a regular expression (RE2): invalid repeat count: {1001} at character 2`,
		`a\`:           `not a regular expression (RE2): trailing backslash at end of expression: `,
		`a\h`:          `not a regular expression (RE2): invalid escape sequence: \h at character 2`,
		`(?x)a`:        `not a regular expression (RE2): invalid or unsupported Perl syntax: (?x`,
		"a\xff":        "not a regular expression (RE2): invalid UTF-8: \xff at character 2",
		`[[:alpha`:     `not a regular expression (RE2): missing closing ]: [[:alpha`,
	}
	const large = `the pattern is too large: its counted repetitions make more than 2000 steps of it`
	tests[strings.Repeat(".{0,249}", 9)], tests[`((a{10}){10}b{0,20}){10}`] = large, large
	tests[strings.Repeat("a", MaxTopicPattern+1)] = `the pattern is longer than 1000 bytes`
	for pattern, want := range tests {
		_, err := TopicPattern(pattern)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%.40q:\n got %s\nwant %s", pattern, got, want)
		}
	}
}

func FuzzTopicPattern(f *testing.F) {
	for _, seed := range []string{`orders\..*`, `^(?!a)`, `[a&&[b]]`, `\Qa`, `a*+`, `[[:a`, `\`, `[`, `(?`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		re, err := TopicPattern(text)
		if err != nil {
			return
		}
		longest := regexp.MustCompile(text)
		longest.Longest()
		for _, name := range []string{"orders.eu", "a", "b", text} {
			at := longest.FindStringIndex(name)
			if want := at != nil && at[0] == 0 && at[1] == len(name); re.MatchString(name) != want {
				t.Errorf("%q on %q: got %t, want %t", text, name, !want, want)
			}
		}
	})
}
