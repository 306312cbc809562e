package expr

import (
	"fmt"
	"maps"
	"slices"

	"github.com/penstock-dev/penstock/schema/spelling"
)

// didYouMean is the end of a message about an unknown name: the name that is written almost
// so behind its sign, or nothing.
func didYouMean[T any](name, sign string, known map[string]T) string {
	near, ok := spelling.Near(name, slices.Sorted(maps.Keys(known)))
	switch {
	case !ok:
		return ""
	case sign != "":
		return fmt.Sprintf(": did you mean %s%s?", sign, near)
	}
	return fmt.Sprintf(": did you mean %q?", near)
}
