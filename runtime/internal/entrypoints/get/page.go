package get

import (
	"context"
	"encoding/base64"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
	"github.com/penstock-dev/penstock/runtime/internal/web"
)

const (
	// mostBuffered is how many bytes of an answer are collected before they are written: the
	// first byte goes out late, so that more failures have a status of their own.
	mostBuffered = 32 << 10
	// mostPooled is the largest buffer that is kept for later requests.
	mostPooled = 256 << 10
)

var buffers = sync.Pool{New: func() any { return &[]byte{} }}

// page is one answer in the making.
type page struct {
	*handler
	c         echo.Context
	stream    *entrypoints.Opened
	closed    bool
	format    format
	mediaType string
	limit     int // of the request
	expiry    entrypoints.Expiry
	most      int // records in this answer

	out    *entrypoints.StallWriter
	buffer *[]byte
	count  int
	whole  bool // the buffer has the rest of the answer

	unsettled      []given // in the buffer, or written and not flushed
	records, bytes int     // of them
}

// given is a part of a batch that is in the answer.
type given struct {
	batch *qos.Batch
	n     int
}

func newPage(h *handler, c echo.Context, s *entrypoints.Opened, mediaType string, limit int) *page {
	p := &page{
		handler: h, c: c, stream: s, format: h.formats[mediaType], mediaType: mediaType, limit: limit, most: h.most,
		out:    entrypoints.NewStallWriter(c, h.host.Limits.WriteStall),
		buffer: buffers.Get().(*[]byte),
	}
	if limit != noLimit {
		p.most = min(limit, h.most)
	}
	*p.buffer = p.format.begin((*p.buffer)[:0])
	return p
}

// free closes the stream, if that was not done with the answer, and gives the buffer back.
func (p *page) free(ctx context.Context) {
	if err := p.close(ctx); err != nil {
		p.host.Log.Debug("stream closed", "operation", p.op.Name, "error", err)
	}
	if cap(*p.buffer) <= mostPooled {
		buffers.Put(p.buffer)
	}
}

// close closes the stream once, which commits what was settled.
func (p *page) close(ctx context.Context) error {
	if p.closed {
		return nil
	}
	p.closed = true
	return entrypoints.CloseStream(ctx, p.stream)
}

// serve collects records and answers. A failure before the first record has a status of its
// own; one after it stands in the answer.
func (p *page) serve(ctx context.Context) error {
	failed := p.collect(ctx)
	if ctx.Err() != nil {
		return ctx.Err() // the client is gone: nothing was delivered
	}
	if failed != nil && p.count == 0 {
		return failed
	}
	next := p.pagination() // while the stream is open
	if p.level == endpoint.AtLeastOnce {
		return p.acknowledged(ctx, failed, next)
	}
	if p.level.Group() && p.count+len(p.unsettled) > 0 {
		// Delivered, then committed, then the end: who sees the end of the answer finds the
		// group's position behind it, and a client that never got the records gets them again.
		if err := p.flush(); err != nil {
			return nil
		}
		if err := p.close(ctx); err != nil && failed == nil {
			failed = err
		}
	}
	return p.finish(ctx, failed, next)
}

// acknowledged answers at level at-least-once: the client must have the end of the answer before
// anything is committed, because half an answer is none to it. An answer that fits the buffer has
// a length, so that its end does not wait for the commit; the end of a longer one does.
func (p *page) acknowledged(ctx context.Context, failed error, next *pagination) error {
	p.whole = true
	if err := p.finish(ctx, failed, next); err != nil {
		return err
	}
	if err := p.close(ctx); err != nil { // too late to tell: the records come again
		p.host.LogFailure(ctx, "stream not closed cleanly", p.op, err)
	}
	return nil
}

// always is ready.
var always = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// collect adds records until the answer has its count, its duration is over, counted from the
// assignment of partitions, which is done when the stream is open, or the credentials end.
func (p *page) collect(ctx context.Context) error {
	var over <-chan time.Time
	if p.duration > 0 {
		timer := time.NewTimer(p.duration)
		defer timer.Stop()
		over = timer.C
	}
	for p.count < p.most {
		batch, ready, err := p.stream.Poll(p.most - p.count)
		if err != nil {
			return err
		}
		if batch != nil {
			if err := p.add(batch); err != nil {
				return err
			}
			ready = always // look at the clock: a hook may skip records for ever
		}
		select {
		case <-ready:
		case <-over:
			return nil
		case <-p.expiry.Done():
			return nil
		case <-p.host.Draining:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// add appends the records of a batch.
func (p *page) add(b *qos.Batch) error {
	for i := range b.Len() {
		rec := b.Record(i)
		if rec == nil {
			continue
		}
		*p.buffer = p.format.item(*p.buffer, b, i, p.count, p.stream.EncodeIDs)
		p.count++
		p.records++
		p.bytes += len(rec.Value)
	}
	p.unsettled = append(p.unsettled, given{b, b.Len()})
	if len(*p.buffer) >= p.mostBuffered() {
		return p.flush()
	}
	return nil
}

// mostBuffered is when the buffer is written.
func (p *page) mostBuffered() int {
	if p.level == endpoint.AtLeastOnce {
		return max(mostBuffered, int(p.host.Limits.BytesPerStream))
	}
	return mostBuffered
}

// flush sends what is in the buffer; its records are delivered then.
func (p *page) flush() error {
	p.writeHeader()
	if _, err := p.out.Write(*p.buffer); err != nil {
		return err
	}
	if err := p.out.Flush(); err != nil {
		return err
	}
	*p.buffer = (*p.buffer)[:0]
	p.settle()
	return nil
}

func (p *page) settle() {
	for _, g := range p.unsettled {
		p.stream.Settle(g.batch, g.n)
	}
	if p.records > 0 {
		p.host.Metrics.Delivered(p.op, p.kind, p.records, p.bytes)
	}
	p.unsettled, p.records, p.bytes = p.unsettled[:0], 0, 0
}

func (p *page) writeHeader() {
	if p.c.Response().Committed {
		return
	}
	header := p.c.Response().Header()
	header.Set(echo.HeaderContentType, contentType(p.mediaType))
	header.Set(echo.HeaderCacheControl, "no-store")
	if p.whole {
		header.Set(echo.HeaderContentLength, strconv.Itoa(len(*p.buffer)))
	}
	p.c.Response().WriteHeader(http.StatusOK)
}

// finish writes the rest of the answer.
func (p *page) finish(ctx context.Context, failed error, next *pagination) error {
	var problem *core.Error
	if failed != nil {
		problem = web.Of(failed)
		p.host.LogFailure(ctx, "answer ended early", p.op, failed)
	}
	*p.buffer = p.format.end(*p.buffer, problem, next)
	p.writeHeader()
	_, err := p.out.Write(*p.buffer)
	if err == nil && p.whole {
		err = p.out.Flush()
	}
	if err != nil {
		p.host.Log.Debug("answer not written", "operation", p.op.Name, "error", err)
		return nil
	}
	p.settle()
	return nil
}

// pagination is where the next request goes on; nil at levels without ids.
func (p *page) pagination() *pagination {
	if !p.level.IDs() {
		return nil
	}
	cursor := p.stream.Cursor(nil)
	if p.stream.EncodeIDs {
		cursor = base64.StdEncoding.AppendEncode(nil, cursor)
	}
	return &pagination{nextCursor: cursor, limit: p.shownLimit()}
}

// shownLimit is the limit that the request asked for and got.
func (p *page) shownLimit() int {
	if p.limit == noLimit {
		return noLimit
	}
	return p.most
}
