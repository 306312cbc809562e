package compile

import "github.com/penstock-dev/penstock/schema"

// nothing is an entry of x-kafka-allow that no value matches.
const nothing = ""

// allow is what requests may choose: what the document says, as far as the configuration leaves it.
func (c *compiler) allow() map[string][]string {
	if len(c.in.Config.Allow) == 0 {
		return c.d.Allow
	}
	narrowed := make(map[string][]string, len(c.d.Allow))
	for property, documented := range c.d.Allow {
		left, narrower := c.in.Config.Allow[property].([]any)
		if !narrower {
			narrowed[property] = documented
			continue
		}
		narrowed[property] = []string{nothing}
		for _, item := range left {
			// Another operation of the api may allow more than this one does.
			if pattern, _ := item.(string); schema.Allowed(documented, pattern) {
				narrowed[property] = append(narrowed[property], pattern)
			}
		}
	}
	return narrowed
}
