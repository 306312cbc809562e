package attacks

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	goruntime "runtime"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/test/harness"
)

// endless is a reader that never ends.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	return len(p), nil
}

// taken is how many bytes the process takes from its memory while something is done.
func taken(do func()) uint64 {
	var before, after goruntime.MemStats
	goruntime.ReadMemStats(&before)
	do()
	goruntime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestNDJSONBomb: a line above its limit is passed over, not collected, and the lines around it
// count.
func TestNDJSONBomb(t *testing.T) {
	r := start(t, "limits: { ndjsonLine: 64KiB }", orders("balanced"))
	const length = 64 << 20
	request := r.Request(http.MethodPost, "/orders", "", "Content-Type: application/x-ndjson")
	request.Body, request.ContentLength = io.NopCloser(io.MultiReader(
		strings.NewReader("{\"id\":\"a\"}\n{\"id\":\""), io.LimitReader(endless{}, length), strings.NewReader("\"}\n{\"id\":\"b\"}\n"))), -1
	var got harness.Answer
	took := taken(func() { got = r.Send(request) })
	lines := strings.Split(strings.TrimSpace(got.Body), "\n")
	if got.Status != 200 || len(lines) != 3 || !strings.Contains(lines[1], "FAILURE_TOO_LARGE") {
		t.Errorf("got %d %s", got.Status, got.Body)
	}
	if took > length/4 {
		t.Errorf("a line of %d bytes took %d", length, took)
	}
	if n := r.written("orders"); n != 2 {
		t.Errorf("%d records, want the lines before and after", n)
	}
}

// TestGiantBody: a body above the limit is 413, with and without a length.
func TestGiantBody(t *testing.T) {
	r := start(t, "limits: { body: 64KiB }", orders("none"))
	r.post(`{"id":"`+strings.Repeat("a", 1<<20)+`"}`).WantProblem(t, 413, "FAILURE_TOO_LARGE")
	request := r.Request(http.MethodPost, "/orders", "", "Content-Type: application/json")
	request.Body, request.ContentLength = io.NopCloser(io.LimitReader(endless{}, 8<<20)), -1
	if got := r.Send(request); got.Status != 413 {
		t.Errorf("got %d %s", got.Status, got.Body)
	}
}

// TestDeepJSON: nesting costs neither the stack nor much memory.
func TestDeepJSON(t *testing.T) {
	r := start(t, "", orders("none"))
	for name, body := range map[string]string{
		"arrays":    strings.Repeat("[", 500_000),
		"closed":    strings.Repeat("[", 250_000) + strings.Repeat("]", 250_000),
		"objects":   strings.Repeat(`{"a":`, 150_000) + "1" + strings.Repeat("}", 150_000),
		"in a text": `{"id":` + strings.Repeat("[", 500_000) + `}`,
		"in extra":  `{"id":"a","extra":` + strings.Repeat("[", 250_000) + strings.Repeat("]", 250_000) + `}`,
	} {
		t.Run(name, func(t *testing.T) { r.post(body).WantProblem(t, 400, "FAILURE_INVALID_MESSAGE") })
	}
	r.post(`{"id":"a"}`).Want(t, 202)
}

// TestCompressedBody: the gateway does not inflate what a client sends, so nothing can explode.
func TestCompressedBody(t *testing.T) {
	r := start(t, "", orders("none"))
	var bomb bytes.Buffer
	w := gzip.NewWriter(&bomb)
	if _, err := io.CopyN(w, endless{}, 64<<20); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	took := taken(func() {
		r.post(bomb.String(), "Content-Encoding: gzip").WantProblem(t, 415, "FAILURE_UNSUPPORTED_MEDIA_TYPE")
	})
	if took > 32<<20 {
		t.Errorf("%d bytes were taken for a body of %d", took, bomb.Len())
	}
}
