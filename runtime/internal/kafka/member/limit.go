package member

import "sync/atomic"

// Limit bounds the group members of the process (limits.groupMembers). Safe for concurrent use.
type Limit struct {
	most int64
	used atomic.Int64
}

// NewLimit makes a limit; most must be positive.
func NewLimit(most int) *Limit { return &Limit{most: int64(most)} }

// Used counts the members now.
func (l *Limit) Used() int { return int(l.used.Load()) }

func (l *Limit) take() bool {
	if l.used.Add(1) > l.most {
		l.used.Add(-1)
		return false
	}
	return true
}

func (l *Limit) give() { l.used.Add(-1) }
