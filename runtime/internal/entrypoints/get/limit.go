package get

import (
	"fmt"
	"math"
	"strconv"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// noLimit says that a request names no limit.
const noLimit = -1

// parseLimit reads the parameter limit; an empty one is none. 0 is allowed: the answer has no
// items and, at levels with ids, the position to go on from.
func parseLimit(text string) (int, error) {
	if text == "" {
		return noLimit, nil
	}
	n, err := strconv.ParseUint(text, 10, 31)
	if err != nil {
		return 0, &core.Error{
			Code: core.CodeInvalidRequest, Op: "read limit", Err: err,
			Detail: fmt.Sprintf("limit must be a whole number from 0 to %d, not %.40q", math.MaxInt32, text),
		}
	}
	return int(n), nil
}
