package auth

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"log/slog"
	"regexp"
	"strings"

	"github.com/penstock-dev/penstock/runtime/internal/exchange"
)

// keys are the API keys of a file. The file has their hashes only.
type keys struct {
	file *file[map[[sha256.Size]byte]owner]
}

// owner is whose key it is.
type owner struct {
	hash    [sha256.Size]byte
	subject string
	scopes  []string
}

// keyLine is subject:sha256-hex[:scope,scope]. A subject and a scope may have colons.
var keyLine = regexp.MustCompile(`^(.+?):([0-9a-fA-F]{64})(?::(.*))?$`)

func newKeys(path string, log *slog.Logger) (*keys, error) {
	f, err := openFile(path, log, parseKeys)
	if err != nil {
		return nil, err
	}
	return &keys{f}, nil
}

// parseKeys reads a file of keys; lines that are empty or start with # do not count. An error
// starts with the number of its line, and never has the hash.
func parseKeys(text string) (map[[sha256.Size]byte]owner, error) {
	all := map[[sha256.Size]byte]owner{}
	for line, entry := range entries(text) {
		parts := keyLine.FindStringSubmatch(entry)
		if parts == nil {
			return nil, fmt.Errorf("%d: a key is written subject:sha256-hex[:scope,scope], with 64 hex digits", line)
		}
		o := owner{subject: parts[1]}
		if _, err := hex.Decode(o.hash[:], []byte(parts[2])); err != nil {
			return nil, fmt.Errorf("%d: %w", line, err)
		}
		for scope := range strings.SplitSeq(parts[3], ",") {
			if scope = strings.TrimSpace(scope); scope != "" {
				o.scopes = append(o.scopes, scope)
			}
		}
		if other, twice := all[o.hash]; twice {
			return nil, fmt.Errorf("%d: %q and %q have the same key", line, other.subject, o.subject)
		}
		all[o.hash] = o
	}
	return all, nil
}

// entries yields the lines of a file that say something, with their numbers.
func entries(text string) func(yield func(int, string) bool) {
	return func(yield func(int, string) bool) {
		line := 0
		for entry := range strings.Lines(text) {
			line++
			entry = strings.TrimSpace(entry)
			if entry != "" && !strings.HasPrefix(entry, "#") && !yield(line, entry) {
				return
			}
		}
	}
}

// check finds the owner of a key. It is looked up by its hash, which says nothing of a key that
// is nearly right; the hashes are compared in constant time.
func (k *keys) check(c credential) (proof, error) {
	hash := sha256.Sum256([]byte(c.text))
	o, ok := k.file.get()[hash]
	if !ok || subtle.ConstantTimeCompare(o.hash[:], hash[:]) != 1 {
		return proof{}, c.wrong("the key is not valid")
	}
	claims := map[string]any{"sub": o.subject}
	if len(o.scopes) > 0 {
		claims["scope"] = strings.Join(o.scopes, " ")
	}
	return c.prove(proof{identity: exchange.Identity{Subject: o.subject, Claims: claims}, scopes: o.scopes}), nil
}
