package document

import (
	"os"
	"path/filepath"
	"testing"
)

// TestEndlessFile: a reference may name a device, which has no end.
func TestEndlessFile(t *testing.T) {
	large := filepath.Join(t.TempDir(), "large.yaml")
	if err := os.WriteFile(large, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(large, maxFile+1); err != nil {
		t.Fatal(err)
	}
	if _, err := (Disk{}).ReadFile(large); err == nil || err.Error() != "the file has more than 64 MiB" {
		t.Errorf("one byte too many: got %v", err)
	}
	if err := os.Truncate(large, maxFile); err != nil {
		t.Fatal(err)
	}
	if content, err := (Disk{}).ReadFile(large); err != nil || len(content) != maxFile {
		t.Errorf("as large as may be: got %d bytes, %v", len(content), err)
	}
}
