package auth

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestPasswordOfAnIssuer has an address with a user and a password in it: no error repeats them.
func TestPasswordOfAnIssuer(t *testing.T) {
	bodies := make(chan string, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, password, _ := r.BasicAuth(); password != "planted" {
			http.Error(w, "no", http.StatusUnauthorized)
			return
		}
		body := <-bodies
		if body == "" {
			http.Error(w, "no", http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte(body))
	}))
	address := strings.Replace(server.URL, "http://", "http://gateway:planted@", 1) + "/keys"
	s, err := newSource("https://issuer.example", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.cancel)
	shown := strings.Replace(server.URL, "http://", "http://gateway:xxxxx@", 1) + "/keys"
	for body, want := range map[string]string{
		"":                               shown + " answered 503 Service Unavailable",
		"{":                              shown + ": unexpected end of JSON input",
		`{"keys":[]}`:                    shown + " has no key for signatures",
		strings.Repeat(" ", 1+maxAnswer): shown + ": the answer is too large",
	} {
		bodies <- body
		if _, err := s.fetch(); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
	s.client.CloseIdleConnections()
	server.Close()
	if _, err := s.fetch(); err == nil || strings.Contains(err.Error(), "planted") {
		t.Errorf("nobody answers: got %v", err)
	}
	for _, wrong := range []string{"http://gateway:planted@issuer.example/keys", "https://gateway:planted@issuer.example:x/keys"} {
		if _, err := newSource(wrong, ""); err == nil || strings.Contains(err.Error(), "planted") {
			t.Errorf("%s: got %v", wrong, err)
		}
	}
}
