package judge

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/generator/internal/effective"
	"github.com/penstock-dev/penstock/schema"
)

// attribute judges what the name of an attribute and a value that is the same for every request
// decide.
func (o *operation) attribute(a *effective.Attribute) {
	if a.Choice.Deprecated() {
		o.Warn(a.Node.Get("name"), "%s is deprecated: write gravitee.attribute.kafka.producer.topics or gravitee.attribute.kafka.consumer.topics", a.Name)
	}
	if a.Message && !a.Choice.PerMessage() {
		o.Fail(a.Node.Get("phase"), "%s is chosen once for a request: the phase message is for producer.topics, topics, recordKey and free names", a.Choice.Property)
	}
	at := a.Node.Get("value")
	if text, ok := a.Given.(string); ok && a.Choice.Property == schema.JaasConfig {
		if err := checkLogin("", text); err != nil {
			o.Fail(at, "saslJaasConfig: %v", err)
		}
	}
	if len(schema.Expressions(a.Given)) > 0 {
		return
	}
	switch {
	case a.Choice.Family == schema.Override:
		for _, issue := range schema.Validate(schema.EndpointPatch, schema.Template, overriding(a)) {
			o.Fail(at, "%s", issue.Message)
		}
	case a.Choice.Property == schema.GroupID:
		if problem := groupProblem(fmt.Sprint(a.Given)); problem != "" {
			o.Fail(at, "%s", problem)
		}
	}
	if !choosesTopics(a.Choice.Property) {
		return
	}
	for _, name := range listOf(a.Given) {
		problem := topicProblem(name)
		if problem == "" || a.Choice.Family == schema.Override && !strings.HasPrefix(name, "__") {
			continue // fine, or the schema has said it
		}
		o.Fail(at, "%s", problem)
	}
}

// choosesTopics says whether the values of a property are names of topics.
func choosesTopics(property string) bool {
	switch property {
	case schema.ProducerTopics, schema.ConsumerTopics, schema.Topics:
		return true
	}
	return false
}

// overriding is the patch to an endpoint that an attribute of the family Override means: a list
// may be a text with commas, a boolean its name.
func overriding(a *effective.Attribute) map[string]any {
	value := a.Given
	text, isText := value.(string)
	flag, err := strconv.ParseBool(text)
	switch {
	case choosesTopics(a.Choice.Property):
		list := []any{}
		for _, name := range listOf(value) {
			list = append(list, name)
		}
		value = list
	case isText && err == nil && isSwitch(a.Choice.Property):
		value = flag
	}
	return patchAt(schema.PropertyPointer(a.Choice.Property), value)
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
