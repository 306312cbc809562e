package understand

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/declared"
	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/generator/internal/model"
	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/schema"
)

// maxTopic is how long a topic name may be (Apache Kafka, Topic.MAX_NAME_LENGTH).
const maxTopic = 249

var legalTopic = regexp.MustCompile(`^[A-Za-z0-9._-]*$`)

// topicProblem says why a name cannot be that of a topic; "" when it can.
func topicProblem(name string) string {
	switch {
	case name == "" || len(name) > maxTopic || name == "." || name == ".." || !legalTopic.MatchString(name):
		return fmt.Sprintf("%q is no topic name: 1 to %d letters, digits, \".\", \"_\" and \"-\", and not \".\" or \"..\"", name, maxTopic)
	case strings.HasPrefix(name, "__"):
		return fmt.Sprintf("topic %q is internal to Kafka: names that begin with \"__\" are not served", name)
	}
	return ""
}

// side names of the endpoint's configuration.
const (
	producer = "producer"
	consumer = "consumer"
)

// topics finds the topic in force of each direction of each endpoint: what channel or operation
// write, else what the document itself names, else what root or server write. Topics of root and
// server are removed from the endpoints where the document names one.
func (b *builder) topics(op *model.Operation, s *declared.Operation, c *chosen, attributes []assignment) {
	named := s.Topic
	if named == nil {
		named = s.Address
	}
	publishes, subscribes := directions(op)
	used := false
	for _, d := range []struct {
		side, verb string
		on         bool
	}{{producer, "write to", publishes}, {consumer, "read from", subscribes}} {
		for _, e := range c.endpoints {
			if hasTopics(e.own, d.side) {
				continue
			}
			if named != nil {
				e.value = withoutTopics(e.value, d.side)
				used = used || d.on
				continue
			}
			if d.on && !hasTopics(e.value, d.side) && !c.bad && !suppliedTopics(attributes, d.side) {
				b.Add(document.Issue{Pos: op.Pos, Pointer: op.Pointer, Message: fmt.Sprintf(
					"operation %q has no topic to %s%s: write %s.topics%s", s.Name, d.verb, c.with(e), d.side, b.otherwise())})
			}
		}
	}
	if used {
		op.TopicPos = named.Pos
		b.namedTopic(op, s, named)
	}
	for _, e := range c.endpoints {
		b.listedTopics(e, publishes, subscribes)
	}
}

// suppliedTopics says whether an attribute of the document can name the topics of a side.
func suppliedTopics(attributes []assignment, side string) bool {
	if side == producer {
		return supplied(attributes, schema.ProducerTopics, schema.Topics)
	}
	return supplied(attributes, schema.ConsumerTopics, schema.TopicPatterns, schema.Topics)
}

// with names an endpoint where there are several.
func (c *chosen) with(e *effective) string {
	if len(c.endpoints) < 2 {
		return ""
	}
	return fmt.Sprintf(" with endpoint %q", e.name)
}

// otherwise names the places where AsyncAPI itself names a topic.
func (b *builder) otherwise() string {
	if b.Doc.Format.Async() {
		return ", bindings.kafka.topic or an address"
	}
	return ""
}

// part is one object of the shared configuration.
func part(value map[string]any, name string) map[string]any {
	shared, _ := value["sharedConfigurationOverride"].(map[string]any)
	object, _ := shared[name].(map[string]any)
	return object
}

func hasTopics(value map[string]any, side string) bool {
	p := part(value, side)
	return p["topics"] != nil || p["topicPattern"] != nil
}

// withoutTopics copies an endpoint and removes the topics of one side.
func withoutTopics(value map[string]any, side string) map[string]any {
	if part(value, side) == nil {
		return value
	}
	patch := map[string]any{"sharedConfigurationOverride": map[string]any{side: map[string]any{"topics": nil, "topicPattern": nil}}}
	out, _ := schema.Merge(value, patch).(map[string]any)
	return out
}

// listedTopics checks the topics that stand in the endpoint. Their form was checked by the schema.
func (b *builder) listedTopics(e *effective, publishes, subscribes bool) {
	for _, side := range []string{producer, consumer} {
		if side == producer && !publishes || side == consumer && !subscribes {
			continue
		}
		at := "/sharedConfigurationOverride/" + side
		topics, _ := part(e.value, side)["topics"].([]any)
		for i, t := range topics {
			name, _ := t.(string)
			if strings.HasPrefix(name, "__") {
				b.failLayer(e, fmt.Sprintf("%s/topics/%d", at, i), "%s", topicProblem(name))
			}
		}
	}
}

// failLayer reports an error at the origin of an effective value.
func (b *builder) failLayer(e *effective, pointer, format string, args ...any) {
	if n := e.layers.nearest(pointer); n != nil {
		b.Fail(n, format, args...)
	}
}

// namedTopic checks the topic that the document names and finds where its parameters come from.
func (b *builder) namedTopic(op *model.Operation, s *declared.Operation, named *document.Node) {
	op.Topic.Template = named.Text
	names := model.Params(named.Text)
	if problem := topicProblem(model.Fill(named.Text, "x")); problem != "" {
		internal := strings.HasPrefix(named.Text, "__")
		if !internal {
			problem = strings.Replace(topicProblem("/"), `"/"`, fmt.Sprintf("%q", named.Text), 1)
		}
		if named == s.Address && !internal {
			problem += "; write bindings.kafka.topic or topics where the topic has another name than the channel"
		}
		b.Fail(named, "%s", problem)
		return
	}
	if len(names) == 1 && named.Text == "{"+names[0]+"}" && s.Parameters[names[0]].Enum == nil {
		b.Warn(named, "the whole topic is the path parameter %q: clients reach every topic whose name has no dot; give the parameter an enum", names[0])
	}
	for _, name := range names {
		if slices.ContainsFunc(op.Topic.Params, func(p endpoint.Param) bool { return p.Name == name }) {
			continue
		}
		declaration, ok := s.Parameters[name]
		if !ok {
			b.Warn(named, "the parameter %q of %q is not declared", name, named.Text)
		}
		b.topicParam(op, named, name, declaration)
	}
}

// topicParam adds one parameter of the topic.
func (b *builder) topicParam(op *model.Operation, named *document.Node, name string, declaration declared.Parameter) {
	for _, value := range declaration.Enum {
		if !legalTopic.MatchString(value) {
			b.Fail(declaration.Node, "the value %q of parameter %q has letters that a topic name must not have", value, name)
		}
	}
	op.Topic.Params = append(op.Topic.Params, endpoint.Param{Name: name, Enum: declaration.Enum})
	if declaration.Optional {
		if op.Topic.Defaults == nil {
			op.Topic.Defaults = map[string]string{}
		}
		op.Topic.Defaults[name] = declaration.Fallback
		if !legalTopic.MatchString(declaration.Fallback) || declaration.Fallback == "" {
			b.Fail(declaration.Node, "the default %q of parameter %q cannot stand in a topic name", declaration.Fallback, name)
		}
		return
	}
	for _, e := range op.Entrypoints {
		if e.Path != "" && !slices.Contains(model.Params(e.Path), name) {
			b.Add(document.Issue{Pos: e.Pos, Pointer: e.Pointer, Message: fmt.Sprintf(
				"path parameter {%s} has no source: topic %q needs it, but path %q has no {%s} and the parameter has no default", name, named.Text, e.Path, name)})
		}
	}
}
