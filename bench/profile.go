package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// profile takes a CPU profile of the gateway, when one is wanted. It lasts as long as the slices
// are meant to; stop waits for it.
func (r *rig) profile(ctx context.Context, scenario string) (stop func() error, err error) {
	if r.options.profiles == "" {
		return func() error { return nil }, nil
	}
	length := r.options.slice * time.Duration(r.options.rounds*len(contestants))
	url := fmt.Sprintf("http://%s/debug/pprof/profile?seconds=%d", r.admin, max(1, int(length.Seconds())))
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	file, err := os.Create(filepath.Join(r.options.profiles, scenario+".pprof"))
	if err != nil {
		return nil, err
	}
	done := make(chan error, 1)
	go func() { done <- errors.Join(download(request, file), file.Close()) }()
	return func() error { return <-done }, nil
}

func download(request *http.Request, w io.Writer) error {
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("profile: the gateway answered %s", answer.Status)
	}
	_, err = io.Copy(w, answer.Body)
	return err
}
