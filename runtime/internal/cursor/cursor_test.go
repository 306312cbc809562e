package cursor

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

func TestParse(t *testing.T) {
	tests := map[string]string{
		"":                         "",
		"t@0#4":                    "t@0#4",
		"t@0#4,1#7":                "t@0#4,1#7",
		"t@1#7,0#4":                "t@0#4,1#7",
		"u@0#1;t@0#4":              "t@0#4;u@0#1",
		"t@0#-1":                   "t@0#-1",
		"a.b_c-D@12#0":             "a.b_c-D@12#0",
		"dEAwIzQ=":                 "t@0#4",
		"dEAwIzQ":                  "t@0#4",
		"west!t@0#1;t@0#3":         "t@0#3;west!t@0#1",
		"t@0#9223372036854775806":  "t@0#9223372036854775806",
		"t@2147483647#0":           "t@2147483647#0",
		encode("orders@0#41,1#-1"): "orders@0#41,1#-1",
		"#-1":                      "#-1",
		encode("#-1"):              "#-1",
		"west!#-1":                 "west!#-1",
	}
	for text, want := range tests {
		got, err := Parse(text)
		if err != nil {
			t.Errorf("Parse(%q): %v", text, err)
		} else if got.String() != want {
			t.Errorf("Parse(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	tests := map[string]string{
		"t":                       `neither plain nor base64: illegal base64 data at input byte 0`,
		"t@":                      `no offset in ""`,
		"t@0":                     `no offset in "0"`,
		"t@0#":                    `illegal number ""`,
		"t@#4":                    `illegal number ""`,
		"t@0#4,":                  `no offset in ""`,
		"t@0#4;":                  `no partitions in ""`,
		"t@0#+4":                  `illegal number "+4"`,
		"t@0#04":                  `illegal number "04"`,
		"t@0#-2":                  `illegal number "-2"`,
		"t@-1#2":                  `illegal number "-1"`,
		"t@0#9223372036854775807": `offset "9223372036854775807" out of range`,
		"t@0#9223372036854775808": `illegal number: strconv.ParseInt: parsing "9223372036854775808": value out of range`,
		"t@2147483648#0":          `illegal number: strconv.ParseInt: parsing "2147483648": value out of range`,
		"@0#1":                    `illegal topic name ""`,
		"a/b@0#1":                 `illegal topic name "a/b"`,
		"..@0#1":                  `illegal topic name ".."`,
		"!t@0#1":                  `empty endpoint name`,
		"t@0#1,0#2":               `partition 0 of topic "t" stands twice`,
		"t@0#1;t@1#2":             `topic "t" stands twice`,
		"#":                       `no partitions in "#"`,
		"#0":                      `no partitions in "#0"`,
		"t#-1":                    `no partitions in "t#-1"`,
		"!#-1":                    `empty endpoint name`,
		"#-1@0#1":                 `illegal topic name "#-1"`,
		"#-1;#-1":                 `"#-1" stands beside topics`,
		"t@0#1;#-1":               `"#-1" stands beside topics`,
		"#-1;west!t@0#1":          `"#-1" stands beside topics`,
		"dEAwIzQ*":                `neither plain nor base64: illegal base64 data at input byte 7`,
	}
	tests[strings.Repeat("t", 250)+"@0#1"] = `illegal topic name "` + strings.Repeat("t", 250) + `"`
	tests[strings.Repeat("A", MaxSize+1)] = `longer than 65536 bytes`
	for text, want := range tests {
		_, err := Parse(text)
		want = "parse cursor: FAILURE_INVALID_CURSOR: the cursor is malformed: want topic@partition#offset, plain or in base64: " + want
		if err == nil || err.Error() != want {
			t.Errorf("Parse(%.40q) = %v, want %s", text, err, want)
		}
		if core.CodeOf(err) != core.CodeInvalidCursor {
			t.Errorf("Parse(%.40q): code %s", text, core.CodeOf(err))
		}
	}
}

func TestNext(t *testing.T) {
	c := mustParse(t, "t@1#4,3#-1")
	tests := []struct {
		topic     string
		partition int32
		next      int64
		ok        bool
	}{
		{"t", 0, 0, false}, // older than the id: wherever autoOffsetReset says
		{"t", 1, 5, true},
		{"t", 2, 0, false},
		{"t", 3, 0, true},
		{"t", 4, 0, true}, // came later
		{"u", 0, 0, true}, // the whole topic came later
	}
	for _, tt := range tests {
		next, ok := c.Next(tt.topic, tt.partition)
		if next != tt.next || ok != tt.ok {
			t.Errorf("Next(%q, %d) = %d, %t, want %d, %t", tt.topic, tt.partition, next, ok, tt.next, tt.ok)
		}
	}
}

// TestNothing: a position without a topic says that every topic came later.
func TestNothing(t *testing.T) {
	c := mustParse(t, "#-1")
	if !c.IsNothing() || c.IsZero() || c.Topics() != nil || c.Names("t", 0) || c.Resume("t") != nil {
		t.Errorf("%q: nothing %t, zero %t, topics %v", c, c.IsNothing(), c.IsZero(), c.Topics())
	}
	if next, ok := c.Next("t", 3); next != 0 || !ok {
		t.Errorf("Next = %d, %t, want 0, true", next, ok)
	}
	if got := c.Without(func(string) bool { return true }); !got.IsNothing() {
		t.Errorf("without every topic: %q, want #-1", got)
	}
	for text, want := range map[string]bool{"": false, "t@0#-1": false, "west!#-1": true} {
		if got := mustParse(t, text).IsNothing(); got != want {
			t.Errorf("%q: nothing %t, want %t", text, got, want)
		}
	}
	none := Position{Layout: NewListed(nil, 1)}
	if got := string(none.Append(nil)); got != "#-1" || got != none.Cursor().String() {
		t.Errorf("position without a topic: %q and %q, want #-1", got, none.Cursor())
	}
	if _, ok := none.Layout.Resolve(c); ok {
		t.Error("resolved without a listing, which alone tells whether there is a topic by now")
	}
}

func TestWithin(t *testing.T) {
	spans := Spans{"t": {{Start: 10, Stable: 18, End: 20}, {Start: 0, Stable: 0, End: 0}}, "none": nil}
	tests := map[string]struct {
		code   core.Code
		detail string
		oldest string
	}{
		"t@0#9,1#-1":           {},
		"t@0#19,1#-1":          {}, // up to the high watermark, not only the last stable offset
		"t@0#9,1#-1;none@0#-1": {},
		"t@1#-1":               {}, // partition 0 starts by autoOffsetReset
		"t@0#20": {
			core.CodeInvalidCursor,
			`the cursor is beyond the end of partition 0 of topic "t": it says offset 20, the next one to be written is 20`, "",
		},
		"t@1#0": {
			core.CodeInvalidCursor,
			`the cursor is beyond the end of partition 1 of topic "t": it says offset 0, the next one to be written is 0`, "",
		},
		"t@7#3": {
			core.CodeInvalidCursor,
			`the cursor is beyond the end of partition 7 of topic "t": it says offset 3, the next one to be written is 0`, "",
		},
		"x@0#1":   {core.CodeInvalidCursor, `the cursor names topic "x", which this operation does not read`, ""},
		"e!t@0#1": {core.CodeInvalidCursor, `the cursor names endpoint "e", which this operation does not read`, ""},
		"t@0#8": {
			core.CodeCursorGone,
			`the cursor is older than the log: partition 0 of topic "t" starts at offset 10`, "t@0#9",
		},
		"t@0#-1,1#-1": {
			core.CodeCursorGone,
			`the cursor is older than the log: partition 0 of topic "t" starts at offset 10`, "t@0#9,1#-1",
		},
		"west!#-1": {core.CodeInvalidCursor, `the cursor names endpoint "west", which this operation does not read`, ""},
		"#-1": { // every topic came later
			core.CodeCursorGone,
			`the cursor is older than the log: partition 0 of topic "t" starts at offset 10`, "t@0#9",
		},
		"none@0#-1": { // the topic that is not named came later, and lost its beginning
			core.CodeCursorGone,
			`the cursor is older than the log: partition 0 of topic "t" starts at offset 10`, "none@0#-1;t@0#9",
		},
	}
	for text, want := range tests {
		err := mustParse(t, text).Within(spans)
		var e *core.Error
		if !errors.As(err, &e) {
			e = &core.Error{}
		}
		if e.Code != want.code || e.Detail != want.detail || e.Oldest != want.oldest {
			t.Errorf("%s: %s %q oldest %q, want %s %q oldest %q", text, e.Code, e.Detail, e.Oldest, want.code, want.detail, want.oldest)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"t@0#4", "t@0#4,1#7;u@0#-1", "dEAwIzQ=", "e!t@0#1", "t@0#04", "", "#-1", "Iy0x", "e!#-1", "#-1;t@0#4"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse(text)
		if err != nil {
			return
		}
		canonical := c.String()
		if c.IsZero() != (canonical == "") || c.IsNothing() != strings.HasSuffix("!"+canonical, "!#-1") {
			t.Fatalf("%q: zero %t, nothing %t, text %q", text, c.IsZero(), c.IsNothing(), canonical)
		}
		if next, ok := c.Next("a", 0); c.IsNothing() && (next != 0 || !ok) {
			t.Fatalf("%q: a topic that came later starts at %d, %t", text, next, ok)
		}
		for _, again := range []string{canonical, encode(canonical), strings.TrimRight(encode(canonical), "=")} {
			got, err := Parse(again)
			if err != nil {
				t.Fatalf("%q from %q does not parse: %v", again, text, err)
			}
			if got.String() != canonical {
				t.Fatalf("%q from %q gives %q, want %q", again, text, got, canonical)
			}
		}
	})
}

func encode(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

func mustParse(t *testing.T, text string) Cursor {
	t.Helper()
	c, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
