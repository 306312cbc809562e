package security

import (
	"encoding/binary"
	"errors"
)

// errCacheFile says that data is no whole ticket cache.
var errCacheFile = errors.New("the data is no ticket cache of version 4")

// checkCache walks through a ticket cache (the file format of MIT Kerberos, version 4). The
// library reads one only after it: it takes memory for every number that it finds.
func checkCache(data []byte) error {
	w := &cacheWalk{rest: data}
	if w.number(2) != 0x0504 {
		return errCacheFile
	}
	w.skip(w.number(2)) // header
	w.principal()
	for len(w.rest) > 0 && !w.failed {
		w.credential()
	}
	if w.failed {
		return errCacheFile
	}
	return nil
}

// cacheWalk is what is left of the data. After its end was passed every number is 0.
type cacheWalk struct {
	rest   []byte
	failed bool
}

func (w *cacheWalk) skip(n int) {
	if n > len(w.rest) {
		w.rest, w.failed = nil, true
		return
	}
	w.rest = w.rest[n:]
}

// number reads 2 or 4 bytes.
func (w *cacheWalk) number(size int) int {
	from := w.rest
	w.skip(size)
	switch {
	case w.failed:
		return 0
	case size == 2:
		return int(binary.BigEndian.Uint16(from))
	}
	return int(binary.BigEndian.Uint32(from))
}

func (w *cacheWalk) data() { w.skip(w.number(4)) }

// list skips as many items as a number says; none is shorter than 4 bytes.
func (w *cacheWalk) list(items int, item func()) {
	if items > len(w.rest)/4 {
		w.rest, w.failed = nil, true
	}
	for range items {
		if w.failed {
			return
		}
		item()
	}
}

func (w *cacheWalk) principal() {
	w.number(4) // its type
	names := w.number(4)
	w.data() // the realm
	w.list(names, w.data)
}

func (w *cacheWalk) credential() {
	w.principal()
	w.principal()
	w.number(2) // the type of the key
	w.data()
	w.skip(4*4 + 1 + 4) // times, a flag, flags
	for range 2 {       // addresses, authorization data
		w.list(w.number(4), func() { w.number(2); w.data() })
	}
	w.data()
	w.data()
}
