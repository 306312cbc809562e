package topics

import (
	"fmt"

	"github.com/penstock-dev/penstock/runtime/internal/qos"
	"github.com/penstock-dev/penstock/schema"
)

// ParsePattern compiles the text of consumer.topicPattern, once for all its streams. The pattern
// matches whole names; internal topics never match. The syntax is RE2's as package regexp has it,
// so that matching takes linear time; the text has schema.MaxTopicPattern bytes at most.
//
// An error is the sentence that `penstock validate` gives for the same text.
func ParsePattern(text string) (*qos.Pattern, error) {
	re, err := schema.TopicPattern(text)
	if err != nil {
		return nil, fmt.Errorf("topic pattern %.100q: %w", text, err)
	}
	return &qos.Pattern{
		Text:  text,
		Match: func(name string) bool { return !Internal(name) && re.MatchString(name) },
	}, nil
}
