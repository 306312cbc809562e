package understand

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/declared"
	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/schema"
)

// assignment is one entry of x-kafka-attributes.
type assignment struct {
	endpoint.Attribute
	choice schema.Choice
	given  any            // the value as it stands there
	at     *document.Node // where it stands
}

// attributes reads the assignments of an operation in the order of their evaluation: those of the
// root, of the channel, of the operation. Annotations with a fault, which was reported, have none.
func (b *builder) attributes(s *declared.Operation) []assignment {
	var list []assignment
	for _, a := range []*declared.Annotation{b.api.Annotations.Attributes, s.ChannelAnnotations.Attributes, s.Annotations.Attributes} {
		if a == nil || a.Bad {
			continue
		}
		items, _ := a.Value.([]any)
		for i, item := range items {
			value, _ := item.(map[string]any)
			list = append(list, b.assignment(a.Node.Items[i], value))
		}
	}
	return list
}

// assignment reads one entry and checks what its name alone decides.
func (b *builder) assignment(n *document.Node, value map[string]any) assignment {
	a := assignment{given: value["value"], at: n.Get("value")}
	a.Name, _ = value["name"].(string)
	a.Condition, _ = value["condition"].(string)
	a.Message = value["phase"] == "message"
	a.Source = b.Doc.Place(n).String()
	a.Value = jsonOf(a.given)
	a.choice = schema.Attribute(a.Name)
	if a.choice.Deprecated() {
		b.Warn(n.Get("name"), "%s is deprecated: write gravitee.attribute.kafka.producer.topics or gravitee.attribute.kafka.consumer.topics", a.Name)
	}
	if a.Message && !a.choice.PerMessage() {
		b.Fail(n.Get("phase"), "%s is chosen once for a request: the phase message is for producer.topics, topics, recordKey and free names", a.choice.Property)
	}
	b.checkValue(a)
	return a
}

// jsonOf writes a value of a document.
func jsonOf(value any) endpoint.JSON {
	text, err := json.Marshal(value)
	if err != nil {
		return endpoint.JSON(fmt.Sprintf("%q", fmt.Sprint(value)))
	}
	return endpoint.JSON(text)
}

// checkValue checks a value that is the same for every request.
func (b *builder) checkValue(a assignment) {
	if text, ok := a.given.(string); ok && a.choice.Property == schema.JaasConfig {
		if err := checkLogin("", text); err != nil {
			b.Fail(a.at, "saslJaasConfig: %v", err)
		}
	}
	if len(schema.Expressions(a.given)) > 0 {
		return
	}
	switch {
	case a.choice.Family == schema.Override:
		for _, issue := range schema.Validate(schema.EndpointPatch, schema.Template, overriding(a)) {
			b.Fail(a.at, "%s", issue.Message)
		}
	case a.choice.Property == schema.GroupID:
		if id := fmt.Sprint(a.given); !legalTopic.MatchString(id) || id == "" || len(id) > maxTopic {
			b.Fail(a.at, "%q is no group id: 1 to %d letters, digits, \".\", \"_\" and \"-\"", id, maxTopic)
		}
	}
	if !choosesTopics(a.choice.Property) {
		return
	}
	for _, name := range listOf(a.given) {
		problem := topicProblem(name)
		if problem == "" || a.choice.Family == schema.Override && !strings.HasPrefix(name, "__") {
			continue // fine, or the schema has said it
		}
		b.Fail(a.at, "%s", problem)
	}
}

func choosesTopics(property string) bool {
	switch property {
	case schema.ProducerTopics, schema.ConsumerTopics, schema.Topics:
		return true
	}
	return false
}

// overriding is the patch to an endpoint that an attribute of the family Override means: a list
// may be a text with commas, a boolean its name.
func overriding(a assignment) map[string]any {
	value := a.given
	text, isText := value.(string)
	flag, err := strconv.ParseBool(text)
	switch {
	case choosesTopics(a.choice.Property):
		list := []any{}
		for _, name := range listOf(value) {
			list = append(list, name)
		}
		value = list
	case isText && err == nil && isSwitch(a.choice.Property):
		value = flag
	}
	return patchAt(schema.PropertyPointer(a.choice.Property), value)
}

// isSwitch says whether a property is a boolean.
func isSwitch(property string) bool {
	for _, p := range schema.Properties(schema.Endpoint) {
		if len(p.Types) == 1 && p.Types[0] == "boolean" && document.Join("", p.Path...) == schema.PropertyPointer(property) {
			return true
		}
	}
	return false
}

// patchAt is the object that has one value, at a pointer.
func patchAt(pointer string, value any) map[string]any {
	members := document.Split(pointer)
	for i := len(members) - 1; i > 0; i-- {
		value = map[string]any{members[i]: value}
	}
	return map[string]any{members[0]: value}
}

// listOf reads a list of topics: a list, a text that is a JSON array, or one with commas.
func listOf(value any) []string {
	var names []string
	switch v := value.(type) {
	case string:
		if json.Unmarshal([]byte(v), &names) == nil {
			return names
		}
		for name := range strings.SplitSeq(v, ",") {
			names = append(names, strings.TrimSpace(name))
		}
	case []any:
		for _, item := range v {
			names = append(names, fmt.Sprint(item))
		}
	default:
		names = []string{fmt.Sprint(v)}
	}
	return names
}

// supplied says whether an attribute of the document can give a property its value.
func supplied(list []assignment, properties ...string) bool {
	for _, a := range list {
		for _, property := range properties {
			if a.choice.Property == property && a.choice.Family != schema.Free {
				return true
			}
		}
	}
	return false
}
