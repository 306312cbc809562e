package judge

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/declared"
	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/generator/internal/effective"
	"github.com/penstock-dev/penstock/generator/internal/model"
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

// groupProblem says why a text cannot be the id of a consumer group; "" when it can.
func groupProblem(id string) string {
	if id == "" || len(id) > maxTopic || !legalTopic.MatchString(id) {
		return fmt.Sprintf("%q is no group id: 1 to %d letters, digits, \".\", \"_\" and \"-\"", id, maxTopic)
	}
	return ""
}

// topics judges that each direction of each endpoint has a topic in force, with a legal name.
func (o *operation) topics() {
	publishes, subscribes := o.Directions()
	for _, d := range []struct {
		side, verb string
		on         bool
	}{{effective.Producer, "write to", publishes}, {effective.Consumer, "read from", subscribes}} {
		if !d.on {
			continue
		}
		for _, e := range o.Endpoints.List {
			if o.TopicName() == nil && !e.HasTopics(d.side) && !o.Endpoints.Bad && !o.suppliedTopics(d.side) {
				o.Add(document.Issue{Pos: o.Pos, Pointer: o.Doc.Pointer(o.Node), Message: fmt.Sprintf(
					"operation %q has no topic to %s%s: write %s.topics%s", o.Name, d.verb, o.with(e), d.side, o.otherwise())})
			}
			o.listedTopics(e, d.side)
		}
	}
	if o.Named != nil {
		o.namedTopic()
	}
}

// suppliedTopics says whether an attribute of the document can name the topics of a side.
func (o *operation) suppliedTopics(side string) bool {
	if side == effective.Producer {
		return o.supplied(schema.ProducerTopics, schema.Topics)
	}
	return o.supplied(schema.ConsumerTopics, schema.TopicPatterns, schema.Topics)
}

// with names an endpoint where there are several.
func (o *operation) with(e *effective.Endpoint) string {
	if len(o.Endpoints.List) < 2 {
		return ""
	}
	return fmt.Sprintf(" with endpoint %q", e.Name)
}

// otherwise names the places where AsyncAPI itself names a topic.
func (o *operation) otherwise() string {
	if o.Doc.Format.Async() {
		return ", bindings.kafka.topic or an address"
	}
	return ""
}

// listedTopics judges the topics that stand in an endpoint. Their form was checked by the schema.
func (o *operation) listedTopics(e *effective.Endpoint, side string) {
	topics, _ := e.Section(side)["topics"].([]any)
	for i, t := range topics {
		if name, _ := t.(string); strings.HasPrefix(name, "__") {
			o.failLayer(e, fmt.Sprintf("%s/%s/topics/%d", shared, side, i), "%s", topicProblem(name))
		}
	}
}

// namedTopic judges the topic that the document names.
func (o *operation) namedTopic() {
	text := o.Named.Text
	if problem := topicProblem(model.Fill(text, "x")); problem != "" {
		internal := strings.HasPrefix(text, "__")
		if !internal {
			problem = strings.Replace(topicProblem("/"), `"/"`, fmt.Sprintf("%q", text), 1)
		}
		if o.Named == o.Address && !internal {
			problem += "; write bindings.kafka.topic or topics where the topic has another name than the channel"
		}
		o.Fail(o.Named, "%s", problem)
		return
	}
	names := model.Params(text)
	if len(names) == 1 && text == "{"+names[0]+"}" && o.Parameters[names[0]].Enum == nil {
		o.Warn(o.Named, "the whole topic is the path parameter %q: clients reach every topic whose name has no dot; give the parameter an enum", names[0])
	}
	for _, p := range o.Topic.Params {
		parameter, ok := o.Parameters[p.Name]
		if !ok {
			o.Warn(o.Named, "the parameter %q of %q is not declared", p.Name, text)
		}
		o.topicParameter(p.Name, parameter)
	}
}

// topicParameter judges the values of one parameter of the topic, and where they come from.
func (o *operation) topicParameter(name string, parameter declared.Parameter) {
	for _, value := range parameter.Enum {
		if !legalTopic.MatchString(value) {
			o.Fail(parameter.Node, "the value %q of parameter %q has letters that a topic name must not have", value, name)
		}
	}
	if parameter.Optional {
		if !legalTopic.MatchString(parameter.Fallback) || parameter.Fallback == "" {
			o.Fail(parameter.Node, "the default %q of parameter %q cannot stand in a topic name", parameter.Fallback, name)
		}
		return
	}
	for _, ep := range o.Entrypoints {
		if ep.Path != "" && !slices.Contains(model.Params(ep.Path), name) {
			o.Add(document.Issue{Pos: ep.Pos, Pointer: ep.Pointer, Message: fmt.Sprintf(
				"path parameter {%s} has no source: topic %q needs it, but path %q has no {%s} and the parameter has no default", name, o.Named.Text, ep.Path, name)})
		}
	}
}
