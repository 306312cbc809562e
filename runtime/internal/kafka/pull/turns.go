package pull

import (
	"context"
	"sync"
	"time"
)

// turns lets one pull of a group go on at a time, first come first served.
type turns struct {
	mu     sync.Mutex
	groups map[string]*turn
}

// turn is one group with pulls.
type turn struct {
	token chan struct{} // holds a token while nobody has the turn
	users int           // that have it or wait for it
}

// take waits for the turn of a group; false: it did not come in time. Wait 0 does not wait.
func (t *turns) take(ctx context.Context, group string, wait time.Duration) (release func(), ok bool, err error) {
	t.mu.Lock()
	mine := t.groups[group]
	if mine == nil {
		mine = &turn{token: make(chan struct{}, 1)}
		mine.token <- struct{}{}
		t.groups[group] = mine
	}
	mine.users++
	t.mu.Unlock()
	select {
	case <-mine.token:
		return sync.OnceFunc(func() { t.leave(group, mine, true) }), true, nil
	default:
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-mine.token:
		return sync.OnceFunc(func() { t.leave(group, mine, true) }), true, nil
	case <-timer.C:
	case <-ctx.Done():
		err = ctx.Err()
	}
	t.leave(group, mine, false)
	return nil, false, err
}

func (t *turns) leave(group string, mine *turn, had bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	mine.users--
	if mine.users == 0 {
		delete(t.groups, group)
		return
	}
	if had {
		mine.token <- struct{}{}
	}
}
