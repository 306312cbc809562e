package compile

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// reading finds what an expression reads of a request or a message.
var reading = regexp.MustCompile(`#(request|message)\s*\??\.\s*(headers|params|pathParams|content|jsonContent)` +
	`(?:\s*\??\.?\s*\[\s*(?:'([^']+)'|"([^"]+)")\s*\]|\s*\??\.\s*(\w+)\b)?`)

// sources are the words for what is read.
var sources = map[string]string{
	"headers": "the header", "params": "the query parameter", "pathParams": "the path parameter",
	"content": "the content", "jsonContent": "the content",
}

// needs says what a text with expressions is made of, as far as that stands in it, for a client that
// has to send it: `the header "x-order-key"`.
func needs(text string) string {
	var found []string
	for _, m := range reading.FindAllStringSubmatch(text, -1) {
		need := sources[m[2]]
		name := m[3] + m[4] + m[5]
		switch m[2] {
		case "headers", "params", "pathParams":
			if name == "" {
				continue
			}
			need += " " + strconv.Quote(name)
		case "jsonContent":
			if name != "" {
				need = "the member " + strconv.Quote(name) + " of the content"
			}
		}
		if !slices.Contains(found, need) {
			found = append(found, need)
		}
	}
	return strings.Join(found, " and ")
}
