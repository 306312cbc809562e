package judge

import (
	"slices"
	"strconv"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/generator/internal/effective"
	"github.com/penstock-dev/penstock/runtime/expr"
	"github.com/penstock-dev/penstock/runtime/jaas"
	"github.com/penstock-dev/penstock/schema"
)

// choices judges that requests choose only what x-kafka-allow lets them choose: by attributes, in
// their order, then by expressions in the entrypoints and in the endpoints.
func (o *operation) choices() {
	for _, a := range o.Attributes {
		o.chosen(a)
	}
	for _, ep := range o.Entrypoints {
		topic, _ := ep.Config["deadLetterTopic"].(string)
		if o.depends(topic, expr.Request) && !o.allows(schema.ProducerTopics) {
			o.Add(ep.Issue(o.Doc, "/deadLetterTopic",
				"deadLetterTopic depends on a request: write what requests may choose, x-kafka-allow: { %s: [ … ] }", schema.ProducerTopics))
		}
	}
	if o.Endpoints.Bad {
		return
	}
	for _, e := range o.Endpoints.List {
		o.computed(e)
	}
}

// chosen judges what an attribute chooses.
func (o *operation) chosen(a *effective.Attribute) {
	place := expr.Request
	if a.Message {
		place = expr.Message
	}
	if !o.depends(a.Given, place) {
		return
	}
	o.trail.Assign(a.Name)
	at := a.Node.Get("value")
	switch text, isText := a.Given.(string); {
	case a.Choice.Family == schema.Free:
	case a.Choice.Property == schema.JaasConfig && isText:
		o.jaas(text, at, place)
	default:
		o.governed(a.Choice.Property, at)
	}
}

// depends says whether a value depends on a request.
func (o *operation) depends(value any, place expr.Place) bool {
	switch v := value.(type) {
	case string:
		t, err := expr.Compile(v, place)
		return err == nil && o.trail.Depends(t)
	case []any:
		return slices.ContainsFunc(v, func(item any) bool { return o.depends(item, place) })
	}
	return false
}

// computed judges the expressions that stand in an endpoint.
func (o *operation) computed(e *effective.Endpoint) {
	for _, pointer := range schema.Expressions(e.Value) {
		property := schema.PropertyAt(pointer)
		text := textAt(e.Value, pointer)
		at := e.Layers.Nearest(pointer)
		switch {
		case at == nil:
		case property == "":
			o.Fail(at, "%s takes no expression: write the value itself", strings.TrimPrefix(pointer, "/"))
		case property == schema.JaasConfig:
			o.jaas(text, at, expr.Configuration)
		case o.depends(text, expr.Configuration):
			o.governed(property, at)
		}
	}
}

// textAt is the text at a pointer of a value.
func textAt(value any, pointer string) string {
	for _, member := range document.Split(pointer) {
		switch holder := value.(type) {
		case map[string]any:
			value = holder[member]
		case []any:
			i, err := strconv.Atoi(member)
			if err != nil || i < 0 || i >= len(holder) {
				return ""
			}
			value = holder[i]
		}
	}
	text, _ := value.(string)
	return text
}

// governed judges a property whose value depends on a request.
func (o *operation) governed(property string, at *document.Node) {
	if schema.FileLocation(property) {
		o.Fail(at, "%s depends on a request: the gateway's files are not chosen by requests", property)
		return
	}
	publishes, subscribes := o.Directions()
	for _, entry := range schema.Governed(property) {
		if property == schema.Topics && (entry == schema.ProducerTopics && !publishes || entry == schema.ConsumerTopics && !subscribes) {
			continue
		}
		if o.allows(entry) {
			continue
		}
		o.Fail(at, "%s depends on a request: write what requests may choose, x-kafka-allow: { %s: [ … ] }", property, entry)
	}
}

// jaas judges saslJaasConfig: the text is parsed first, and each option judged by itself.
func (o *operation) jaas(text string, at *document.Node, place expr.Place) {
	if isComputed(text) {
		if o.depends(strings.TrimSpace(text), place) {
			o.Fail(at, "saslJaasConfig as a whole depends on a request: write the login module, and expressions in its options")
		}
		return
	}
	entries, err := jaas.Parse(text)
	if err != nil {
		return // reported where the text is checked
	}
	for _, entry := range entries {
		for _, option := range entry.Options {
			switch {
			case !o.depends(option.Value(), place), schema.FreeJaasOption(option.Name):
			case schema.FileJaasOption(option.Name):
				o.Fail(at, "saslJaasConfig: the option %s depends on a request: the gateway's files are not chosen by requests", option.Name)
			default:
				o.governed(schema.JaasConfig, at)
			}
		}
	}
}

// isComputed says whether a JAAS text is one expression, which gives the text. Else it is parsed
// before anything is computed.
func isComputed(text string) bool {
	return strings.HasPrefix(strings.TrimSpace(text), "{") && schema.IsExpression(text)
}

// allows says whether there is an entry, which then has an effect.
func (o *operation) allows(property string) bool {
	entry, ok := o.Allow.InForce[property]
	if ok {
		o.used[entry.Node] = true
	}
	return len(entry.Values) > 0
}

// allowed checks the values of an entry: topics and groups have names of a certain form.
func (o *operation) allowed(entry effective.Allowed) {
	for _, item := range entry.Node.Items {
		prefix, open := strings.CutSuffix(item.Text, "*")
		problem := ""
		switch entry.Property {
		case schema.ProducerTopics, schema.ConsumerTopics, schema.TopicPatterns:
			if problem = topicProblem(prefix); open && (prefix == "" || prefix == "." || prefix == "..") {
				problem = ""
			}
		case schema.GroupID:
			if problem = groupProblem(prefix); prefix == "" {
				problem = ""
			}
		}
		if problem != "" {
			o.Fail(item, "%s", problem)
		}
	}
}
