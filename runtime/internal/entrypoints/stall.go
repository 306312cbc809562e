package entrypoints

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

// pieceSize is the most that is written under one deadline, so that a slow client which still
// reads is not taken for one that does not.
const pieceSize = 64 << 10

// StallWriter writes to one client. A client that takes nothing for the stall time fails the
// write. For one goroutine.
type StallWriter struct {
	response *echo.Response
	control  *http.ResponseController
	stall    time.Duration
	deadline time.Time
	perWrite bool // HTTP/2 ends a stream whose deadline passes, even one that writes nothing
}

// NewStallWriter makes a writer for the answer to a request.
func NewStallWriter(c echo.Context, stall time.Duration) *StallWriter {
	return &StallWriter{
		response: c.Response(),
		control:  http.NewResponseController(c.Response().Writer),
		stall:    stall,
		perWrite: c.Request().ProtoMajor >= 2,
	}
}

// Write writes all of p, or fails.
func (w *StallWriter) Write(p []byte) (int, error) {
	written := 0
	for written < len(p) {
		if err := w.arm(); err != nil {
			return written, err
		}
		n, err := w.response.Write(p[written:min(len(p), written+pieceSize)])
		written += n
		if err != nil {
			return written, err
		}
	}
	return written, nil
}

// Flush sends what was written.
func (w *StallWriter) Flush() error {
	if err := w.arm(); err != nil {
		return err
	}
	if err := w.control.Flush(); err != nil {
		return err
	}
	if w.perWrite {
		w.deadline = time.Time{}
		return w.control.SetWriteDeadline(w.deadline)
	}
	return nil
}

// arm moves the deadline ahead. A quarter of the stall time is left unused, which saves most
// of the calls of a busy stream.
func (w *StallWriter) arm() error {
	now := time.Now()
	if w.deadline.Sub(now) > w.stall*3/4 {
		return nil
	}
	w.deadline = now.Add(w.stall)
	return w.control.SetWriteDeadline(w.deadline)
}
