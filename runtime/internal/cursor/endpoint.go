package cursor

import (
	"slices"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// several is what a client reads about a cursor of more than one endpoint.
const several = "the cursor names more than one endpoint"

// Endpoint separates the endpoint that a cursor names, "" for none, from the rest, which is plain
// text. text is as a client gave it. A name before the first topic counts for all of them, and may
// stand before each. Errors are CodeInvalidCursor.
func Endpoint(text string) (name, rest string, err error) {
	c, err := Parse(text)
	if err != nil {
		return "", "", err
	}
	topics := slices.Clone(c.topics)
	for i := range topics {
		switch own := topics[i].endpoint; {
		case own == "" || own == name:
		case name == "":
			name = own
		default:
			return "", "", core.NewError(core.CodeInvalidCursor, several)
		}
		topics[i].endpoint = ""
	}
	slices.SortFunc(topics, byName)
	for i := 1; i < len(topics); i++ {
		if topics[i-1].name == topics[i].name {
			return "", "", core.NewError(core.CodeInvalidCursor, malformed)
		}
	}
	return name, Cursor{topics}.String(), nil
}
