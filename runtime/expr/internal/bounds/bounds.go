// Package bounds holds the limits of one evaluation and counts what it uses up: steps, so that it
// ends soon, and bytes, so that it stays small.
package bounds

import (
	"errors"
	"fmt"
	"strings"
)

// Limits of one evaluation.
const (
	maxSteps  = 10_000  // nodes evaluated, and a step for each KiB of text looked at
	MaxBytes  = 1 << 20 // bytes of texts and lists that one evaluation makes
	ItemBytes = 48      // what an item of a list counts
)

// Budget is what one evaluation used up. The zero value used nothing. Not safe for concurrent use.
type Budget struct{ steps, bytes int }

// Err is the reason of everything that was stopped by a limit.
var Err = errors.New("limit of the evaluation reached")

// ErrBytes is Err where MaxBytes is the limit.
var ErrBytes = fmt.Errorf("%w: %d bytes", Err, MaxBytes)

var errSteps = fmt.Errorf("%w: %d steps", Err, maxSteps)

// Step counts a step. The error is Err.
func (b *Budget) Step() error {
	if b.steps++; b.steps > maxSteps {
		return errSteps
	}
	return nil
}

// Spend counts steps. The error is Err.
func (b *Budget) Spend(steps int) error {
	if b.steps += steps; b.steps > maxSteps {
		return errSteps
	}
	return nil
}

// Left is how many steps are left.
func (b *Budget) Left() int { return maxSteps - b.steps }

// Look counts the work on a text that exists, of so many bytes. The error is Err.
func (b *Budget) Look(bytes int) error { return b.Spend(bytes>>10 + 1) }

// Take counts bytes before they are made. The error is ErrBytes.
func (b *Budget) Take(bytes int) error {
	if b.bytes += bytes; bytes < 0 || b.bytes > MaxBytes {
		return ErrBytes
	}
	return nil
}

// Shorten keeps a text short that a message shows: more than 40 bytes are cut.
func Shorten(text string) string {
	if len(text) > 40 {
		return strings.ToValidUTF8(text[:40], "") + "…"
	}
	return text
}
