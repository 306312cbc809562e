package document

import (
	"fmt"

	"github.com/penstock-dev/penstock/schema/spelling"
)

// didYouMean is the end of a message about a name that does not exist.
func didYouMean(name string, candidates []string) string {
	if near, ok := spelling.Near(name, candidates); ok {
		return fmt.Sprintf(": did you mean %q?", near)
	}
	return ""
}
