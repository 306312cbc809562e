package compile

import (
	"fmt"
	"slices"
	"sync/atomic"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// onePerLevel keeps the writer of each level once it was opened, because every request asks for
// it. An error is not kept: the next request tries again.
func onePerLevel(open func(endpoint.QoS) (qos.Sink, error)) func(endpoint.QoS) (qos.Sink, error) {
	levels := endpoint.Levels()
	opened := make([]atomic.Pointer[qos.Sink], len(levels))
	return func(level endpoint.QoS) (qos.Sink, error) {
		i := slices.Index(levels, level)
		if i < 0 {
			return nil, fmt.Errorf("unknown level %q", level)
		}
		if sink := opened[i].Load(); sink != nil {
			return *sink, nil
		}
		sink, err := open(level)
		if err == nil {
			opened[i].Store(&sink)
		}
		return sink, err
	}
}
