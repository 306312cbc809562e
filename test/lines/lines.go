// Package lines keeps a log for the test that reads it.
package lines

import (
	"strings"
	"sync"
)

// Lines is a log that can be read while it is written. The zero value is empty. Safe for
// concurrent use.
type Lines struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write implements io.Writer.
func (l *Lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// String is what was written so far.
func (l *Lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
