package value

import (
	"strings"
	"testing"
)

// TestValuesOfJSON: texts may hold what separates values.
func TestValuesOfJSON(t *testing.T) {
	list := func(n int) []byte { return []byte("[" + strings.Repeat("1,", n-2) + "1]") }
	text := []byte(`"` + strings.Repeat(`[,{\"`, maxValues) + `"`)
	if !few(list(maxValues-1)) || few(list(maxValues+1)) || !few(text) {
		t.Errorf("got %v, %v and %v", few(list(maxValues-1)), few(list(maxValues+1)), few(text))
	}
}
