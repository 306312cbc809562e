package security

import (
	"fmt"
	"io"
	"os"
	"syscall"
)

// maxFile bounds a store, a keytab and a ticket cache, in bytes.
const maxFile = 16 << 20

// readFile reads a file that the configuration names. A pipe would be waited for, and a device may
// have no end: neither is read.
func readFile(path string) ([]byte, error) {
	opened, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer opened.Close() //nolint:errcheck // it was only read
	info, err := opened.Stat()
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%q is no file", path)
	case info.Size() > maxFile:
		return nil, fmt.Errorf("%q is larger than %d bytes", path, maxFile)
	}
	return io.ReadAll(io.LimitReader(opened, maxFile))
}
