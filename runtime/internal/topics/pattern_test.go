package topics

import "testing"

func TestParsePattern(t *testing.T) {
	p, err := ParsePattern(`.*orders(\..+)?`)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{
		"orders": true, "orders.eu": true, "my-orders": true, "_orders": true,
		"orders2": false, "__orders": false, "__consumer_offsets": false, "": false,
	} {
		if p.Match(name) != want {
			t.Errorf("%q: got %t, want %t", name, !want, want)
		}
	}
	all, err := ParsePattern(".*")
	if err != nil {
		t.Fatal(err)
	}
	if all.Text != ".*" || all.Match("__consumer_offsets") || !all.Match("a") {
		t.Errorf("%+v matches an internal topic, or nothing", all)
	}
}

func TestParsePatternRefuses(t *testing.T) {
	_, err := ParsePattern("^(?!test).*$")
	const want = `topic pattern "^(?!test).*$": look-ahead (?!…) at character 2 does not exist in RE2, ` +
		`whose time is linear: list the topics, or write what matches instead of what does not`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func BenchmarkPattern(b *testing.B) {
	p, err := ParsePattern(`orders\.[a-z]+\.v[0-9]+`)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		p.Match("orders.europe.v12")
	}
}
