package post

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestLinesEndWithTheirCredentials(t *testing.T) {
	r := newRig(t, `{}`, func(r *rig) { r.host.Expire(100 * time.Millisecond) })
	body, lines := io.Pipe()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.server.URL+"/orders", body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", ndjson)
	go func() { // and then nothing for as long as the answer comes
		_, _ = lines.Write([]byte("{}\n"))
	}()
	res, err := r.server.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	_ = lines.Close()
	const want = `{"type":"about:blank","title":"Authentication required","status":401,` +
		`"detail":"the credentials have expired: connect again with new ones","code":"FAILURE_UNAUTHENTICATED"}` + "\n"
	if err != nil || res.StatusCode != http.StatusOK || !strings.HasPrefix(string(text), `{"id":`) || !strings.HasSuffix(string(text), "}\n"+want) {
		t.Errorf("got %d, %v, %q", res.StatusCode, err, text)
	}
}
