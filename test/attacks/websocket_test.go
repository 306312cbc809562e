package attacks

import (
	"bufio"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"io"
	"net/http"
	"strings"
	"testing"

	ws "github.com/coder/websocket"

	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// TestCrossSiteWebSocket: a page of another site cannot open a WebSocket, whatever its browser
// adds to the request.
func TestCrossSiteWebSocket(t *testing.T) {
	r := start(t, keysConfig+"cors: { allowOrigins: [https://shop.example] }", orders("none", endpoint.Requirement{cookieScheme}))
	const session = "Cookie: session=" + annKey
	for _, origin := range []string{"https://evil.example", "null", "https://shop.example.evil.example", "http://shop.example"} {
		_, response, err := r.Dial("/orders", nil, session, "Origin: "+origin)
		if err == nil || response == nil || response.StatusCode != http.StatusForbidden {
			t.Errorf("%s: got %v, %v", origin, response, err)
		}
	}
	for _, origin := range []string{"https://shop.example", "http://" + r.address} {
		if _, _, err := r.Dial("/orders", nil, session, "Origin: "+origin); err != nil {
			t.Errorf("%s: %v", origin, err)
		}
	}
}

// TestCompressedBombOnWebSocket: compression is not agreed on, and a frame that is compressed all
// the same ends the connection.
func TestCompressedBombOnWebSocket(t *testing.T) {
	r := start(t, "limits: { websocketMessage: 64KiB }", orders("none"))
	socket, response, err := r.Dial("/orders", &ws.DialOptions{CompressionMode: ws.CompressionContextTakeover})
	if err != nil {
		t.Fatal(err)
	}
	if got := response.Header.Get("Sec-WebSocket-Extensions"); got != "" {
		t.Errorf("the gateway agrees to %s", got)
	}
	_ = socket.Conn.CloseNow()
	var bomb bytes.Buffer
	w, err := flate.NewWriter(&bomb, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(w, endless{}, 16<<20); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	raw := r.connect()
	if _, err := io.WriteString(raw, "GET /orders HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReader(raw)
	if got := r.answered101(in); got != http.StatusSwitchingProtocols {
		t.Fatalf("got %d", got)
	}
	if _, err := raw.Write(frame(0xc1, bomb.Bytes())); err != nil { // FIN, RSV1, text
		t.Fatal(err)
	}
	if rest, err := io.ReadAll(in); err != nil && !strings.Contains(err.Error(), "reset") {
		t.Errorf("the connection stays open after %d bytes: %v", len(rest), err)
	}
	if n := r.written("orders"); n != 0 {
		t.Errorf("%d records", n)
	}
}

// answered101 reads the answer to an upgrade and leaves what follows.
func (r *rig) answered101(in *bufio.Reader) int {
	r.t.Helper()
	response, err := http.ReadResponse(in, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	_ = response.Body.Close()
	return response.StatusCode
}

// frame is a masked WebSocket frame (RFC 6455 section 5.2), with a mask of zeros.
func frame(first byte, payload []byte) []byte {
	out := []byte{first}
	switch {
	case len(payload) < 126:
		out = append(out, 0x80|byte(len(payload)))
	case len(payload) < 1<<16:
		out = binary.BigEndian.AppendUint16(append(out, 0x80|126), uint16(len(payload)))
	default:
		out = binary.BigEndian.AppendUint64(append(out, 0x80|127), uint64(len(payload)))
	}
	return append(append(out, 0, 0, 0, 0), payload...)
}

// TestGiantWebSocketMessage: a message above the limit closes with 1009, also one of many
// fragments.
func TestGiantWebSocketMessage(t *testing.T) {
	r := start(t, "limits: { websocketMessage: 64KiB }", orders("none"))
	socket, _, err := r.Dial("/orders", nil)
	if err != nil {
		t.Fatal(err)
	}
	w, err := socket.Conn.Writer(t.Context(), ws.MessageText)
	if err != nil {
		t.Fatal(err)
	}
	for range 64 {
		if _, err := w.Write(bytes.Repeat([]byte("a"), 4<<10)); err != nil {
			break // the gateway has closed already
		}
	}
	_ = w.Close()
	if code := ws.CloseStatus(socket.Closed()); code != ws.StatusMessageTooBig && code != -1 { // -1: reset before the close frame was read
		t.Errorf("closed with %d", code)
	}
	if n := r.written("orders"); n != 0 {
		t.Errorf("%d records", n)
	}
}

// TestDeepJSONOnWebSocket: nesting in a frame of penstock.v1 is refused as it is over HTTP.
func TestDeepJSONOnWebSocket(t *testing.T) {
	r := start(t, "", orders("none"))
	socket, _, err := r.Dial("/orders", &ws.DialOptions{Subprotocols: []string{"penstock.v1"}})
	if err != nil {
		t.Fatal(err)
	}
	deep := `{"type":"publish","ref":"a","content":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + `}`
	socket.Send(deep)
	if _, text, err := socket.Receive(); err == nil && !strings.Contains(text, `"type":"problem"`) {
		t.Errorf("got %s", text)
	}
	r.post(`{"id":"a"}`).Want(t, 202)
}
