package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// page is an answer of http-get.
type page struct {
	Items []struct {
		ID      string          `json:"id"`
		Content json.RawMessage `json:"content"`
	} `json:"items"`
	Pagination struct {
		NextCursor string `json:"nextCursor"`
	} `json:"pagination"`
	Error json.RawMessage `json:"error"`
}

// pages pulls page after page until one fails. At at-least-once a page is acknowledged by the
// next request, which presents its cursor.
func (s *Subscriber) pages(ctx context.Context, session string) error {
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Timeout: patience}
	for ctx.Err() == nil {
		query := s.withCursor()
		if s.Reader.Via().Level == endpoint.AtLeastOnce {
			query.Set("ack", "cursor")
		}
		p, err := s.pull(ctx, client, s.url("http", query))
		if errors.Is(err, errBroken) {
			return nil
		}
		if err != nil {
			return err
		}
		for _, item := range p.Items {
			if err := s.deliver(session, item.ID, item.Content, 1); err != nil {
				return err
			}
		}
		if next := p.Pagination.NextCursor; next != "" {
			s.cursor = next
		}
		if len(p.Error) > 0 {
			return fmt.Errorf("error in a page: %s", p.Error)
		}
	}
	return nil
}

var errBroken = errors.New("the connection broke")

// pull gets a page; one that did not come whole is errBroken.
func (s *Subscriber) pull(ctx context.Context, client *http.Client, address string) (*page, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return nil, errBroken
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, errBroken
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %d: %.300s", response.StatusCode, text)
	}
	p := &page{}
	if err := json.Unmarshal(text, p); err != nil {
		return nil, fmt.Errorf("page %.300q: %w", text, err)
	}
	return p, nil
}
