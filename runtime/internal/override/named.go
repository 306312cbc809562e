package override

import (
	"fmt"

	"github.com/penstock-dev/penstock/runtime/expr"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
	"github.com/penstock-dev/penstock/schema"
)

// Topic is a topic to write to that an option of an entrypoint names, as deadLetterTopic does: a text
// that may hold expressions. Safe for concurrent use.
type Topic struct {
	of      *Configuration
	option  string // its name in errors
	text    *part
	depends bool // on what a request chose
}

// Topic compiles the text of an option. A value that depends on a request needs, and is bounded by,
// the entry producer.topics of x-kafka-allow. What is the same for every request is computed and
// checked now.
func (c *Configuration) Topic(option, text string) (*Topic, error) {
	compiled, err := compilePart(text, expr.Request)
	if err != nil {
		return nil, err
	}
	t := &Topic{of: c, option: option, text: compiled, depends: c.freedom.trail.Depends(compiled.Template)}
	if t.depends && len(c.in.Allow[schema.ProducerTopics]) == 0 {
		return nil, fmt.Errorf("%s depends on a request: write what requests may choose, x-kafka-allow: { %s: [ … ] }", option, schema.ProducerTopics)
	}
	if compiled.varies() {
		return t, nil
	}
	name, written, err := compiled.words(c.in.Env.Scope(nil))
	if err == nil && written && name != "" {
		err = usable(name)
	}
	return t, err
}

// Name computes the topic for a request whose attributes are set; "" is none: the value is null or
// empty. Errors are *core.Error: CodeNotAllowed for a topic that the request must not choose,
// CodeConfigurationInvalid for one that cannot be computed or written.
func (t *Topic) Name(x *exchange.Exchange) (string, error) {
	name, written, err := t.text.words(t.of.in.Env.Scope(x))
	switch {
	case err != nil:
		return "", invalid(fmt.Errorf("%s: %w", t.option, err))
	case !written || name == "":
		return "", nil
	case t.depends:
		if err := judgeTopics(t.option, []string{name}, t.of.in.Allow[schema.ProducerTopics]); err != nil {
			return "", err
		}
		return name, nil
	}
	if err := usable(name); err != nil {
		return "", invalid(fmt.Errorf("%s: %w", t.option, err))
	}
	return name, nil
}
