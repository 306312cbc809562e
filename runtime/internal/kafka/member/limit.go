package member

import (
	"sync"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// Limit bounds the group members of the process (limits.groupMembers), and those of one owner to
// half of them: nobody whom the gateway does not know can keep everybody else out. Safe for
// concurrent use.
type Limit struct {
	most, share int

	mu   sync.Mutex
	used int
	of   map[string]int
}

// NewLimit makes a limit; most must be positive.
func NewLimit(most int) *Limit {
	return &Limit{most: most, share: (most + 1) / 2, of: map[string]int{}}
}

// Used counts the members now.
func (l *Limit) Used() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.used
}

// take takes a member for an owner; "" may have all. Errors are 429 for the owner, 503 for the
// process.
func (l *Limit) take(owner string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case owner != "" && l.of[owner] >= l.share:
		return &core.Error{
			Code: core.CodeTooManyRequests, Op: opJoin, RetryAfter: 1,
			Detail: "too many consumer groups of one client are read",
		}
	case l.used >= l.most:
		return &core.Error{Code: core.CodeTooManyClients, Op: opJoin, RetryAfter: 1}
	}
	l.used++
	if owner != "" {
		l.of[owner]++
	}
	return nil
}

// give gives the member of an owner back.
func (l *Limit) give(owner string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.used--
	if owner == "" {
		return
	}
	if l.of[owner]--; l.of[owner] == 0 {
		delete(l.of, owner)
	}
}
