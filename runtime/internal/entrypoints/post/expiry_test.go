package post

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
)

const expired = `{"type":"about:blank","title":"Authentication required","status":401,` +
	`"detail":"the credentials have expired: connect again with new ones","code":"FAILURE_UNAUTHENTICATED"}` + "\n"

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
	if err != nil || res.StatusCode != http.StatusOK || !strings.HasPrefix(string(text), `{"id":`) || !strings.HasSuffix(string(text), "}\n"+expired) {
		t.Errorf("got %d, %v, %q", res.StatusCode, err, text)
	}
}

// TestLinesThatWereReadBeforeTheirCredentialsEnded are not published after it.
func TestLinesThatWereReadBeforeTheirCredentialsEnded(t *testing.T) {
	r := newRig(t, `{}`, func(r *rig) {
		r.host.Expire(100 * time.Millisecond)
		find := r.host.Caller
		var ends time.Time
		r.host.Caller = func(req *http.Request) (exchange.Caller, error) {
			c, err := find(req)
			ends = c.Expires
			return c, err
		}
		r.op.Publish.Hook = func(context.Context, *http.Request, map[string]string, *core.Record) error {
			time.Sleep(time.Until(ends)) // the hook of the first line lasts longer than the credentials
			return nil
		}
	})
	status, _, body := r.post(t, "{}\n{}\n{}\n", "Content-Type", ndjson)
	if records := len(r.sink.Records()); status != http.StatusOK || records > 1 || !strings.HasSuffix(body, expired) || strings.Count(body, "\n") != records+1 {
		t.Errorf("got %d, %d records, %q", status, records, body)
	}
}
