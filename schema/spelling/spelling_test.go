package spelling

import "testing"

func TestNear(t *testing.T) {
	candidates := []string{"topics", "topicPattern", "enabled", "autoOffsetReset", "at-least-once", "tls", "warn"}
	for word, want := range map[string]string{
		"topcis": "topics", "Topics": "topics", "topic_pattern": "topicPattern", "enable": "enabled", "AT_LEAST_ONCE": "at-least-once",
		"offset": "", "yes": "", "": "", "x": "", "warning": "warn", "autoOffset": "autoOffsetReset", "topics": "", "ssl": "",
	} {
		got, ok := Near(word, candidates)
		if got != want || ok != (want != "") {
			t.Errorf("%q: %q, %v, want %q", word, got, ok, want)
		}
	}
}
