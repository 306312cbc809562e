package understand

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/declared"
	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/generator/internal/model"
	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/expr"
	"github.com/penstock-dev/penstock/runtime/jaas"
	"github.com/penstock-dev/penstock/schema"
)

// judge checks that requests choose only what x-kafka-allow lets them choose.
type judge struct {
	*builder
	op    *model.Operation
	allow *allowed
	trail expr.Trail
}

// assignments judges the assignments of an operation, in their order.
func (j *judge) assignments(list []assignment) {
	for _, a := range list {
		if !j.depends(a.given, attributePlace(a)) {
			continue
		}
		j.trail.Assign(a.Name)
		switch text, isText := a.given.(string); {
		case a.choice.Family == schema.Free:
		case a.choice.Property == schema.JaasConfig && isText:
			j.login(text, a.at, attributePlace(a))
		default:
			j.governed(a.choice.Property, a.at)
		}
	}
}

func attributePlace(a assignment) expr.Place {
	if a.Message {
		return expr.Message
	}
	return expr.Request
}

// depends says whether a value depends on a request.
func (j *judge) depends(value any, place expr.Place) bool {
	switch v := value.(type) {
	case string:
		t, err := expr.Compile(v, place)
		return err == nil && j.trail.Depends(t)
	case []any:
		return slices.ContainsFunc(v, func(item any) bool { return j.depends(item, place) })
	}
	return false
}

// endpoint judges the expressions that stand in an endpoint.
func (j *judge) endpoint(e *effective) {
	for _, pointer := range schema.Expressions(e.value) {
		property := schema.PropertyAt(pointer)
		text := textAt(e.value, pointer)
		at := e.layers.nearest(pointer)
		switch {
		case at == nil:
		case property == "":
			j.Fail(at, "%s takes no expression: write the value itself", strings.TrimPrefix(pointer, "/"))
		case property == schema.JaasConfig:
			j.login(text, at, expr.Configuration)
		case j.depends(text, expr.Configuration):
			j.governed(property, at)
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
func (j *judge) governed(property string, at *document.Node) {
	if schema.FileLocation(property) {
		j.Fail(at, "%s depends on a request: the gateway's files are not chosen by requests", property)
		return
	}
	publishes, subscribes := directions(j.op)
	for _, entry := range schema.Governed(property) {
		if property == schema.Topics && (entry == schema.ProducerTopics && !publishes || entry == schema.ConsumerTopics && !subscribes) {
			continue
		}
		if j.allow.use(entry) {
			continue
		}
		j.Fail(at, "%s depends on a request: write what requests may choose, x-kafka-allow: { %s: [ … ] }", property, entry)
	}
}

// login judges saslJaasConfig: the text is parsed first, and each option judged by itself.
func (j *judge) login(text string, at *document.Node, place expr.Place) {
	if isComputed(text) {
		if j.depends(strings.TrimSpace(text), place) {
			j.Fail(at, "saslJaasConfig as a whole depends on a request: write the login module, and expressions in its options")
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
			case !j.depends(option.Value(), place), schema.FreeJaasOption(option.Name):
			case schema.FileJaasOption(option.Name):
				j.Fail(at, "saslJaasConfig: the option %s depends on a request: the gateway's files are not chosen by requests", option.Name)
			default:
				j.governed(schema.JaasConfig, at)
			}
		}
	}
}

// isComputed says whether a JAAS text is one expression, which gives the text. Else it is parsed
// before anything is computed.
func isComputed(text string) bool {
	return strings.HasPrefix(strings.TrimSpace(text), "{") && schema.IsExpression(text)
}

// allowed is the x-kafka-allow of an operation.
type allowed struct {
	lists map[string][]string
	nodes map[string]*document.Node // what wrote each entry
	used  map[*document.Node]bool   // of all operations
}

// use says whether there is an entry, which then has an effect.
func (a *allowed) use(entry string) bool {
	if n := a.nodes[entry]; n != nil {
		a.used[n] = true
	}
	return len(a.lists[entry]) > 0
}

// allow merges x-kafka-allow: root < channel < operation.
func (b *builder) allow(s *declared.Operation) *allowed {
	out := &allowed{lists: map[string][]string{}, nodes: map[string]*document.Node{}, used: b.allowUsed}
	for _, a := range []*declared.Annotation{b.api.Annotations.Allow, s.ChannelAnnotations.Allow, s.Annotations.Allow} {
		if a == nil || a.Bad {
			continue
		}
		for property, value := range a.Object() {
			items, isList := value.([]any)
			if !isList {
				continue // $schema
			}
			var list []string
			for _, item := range items {
				list = append(list, fmt.Sprint(item))
			}
			out.lists[property] = list
			n := a.Node.Get(property)
			out.nodes[property] = n
			if _, seen := b.allowUsed[n]; !seen {
				b.allowUsed[n] = false
				b.checkAllowed(property, n)
			}
		}
	}
	return out
}

// allowOrigins lists where each entry was written, by property.
func (b *builder) allowOrigins(a *allowed) []endpoint.Origin {
	var list []endpoint.Origin
	for _, property := range slices.Sorted(maps.Keys(a.lists)) {
		list = append(list, endpoint.Origin{
			Pointer: property, Value: string(jsonOf(a.lists[property])), Source: b.Doc.Place(a.nodes[property]).String(),
		})
	}
	return list
}

// checkAllowed checks the values of an entry: topics and groups have names of a certain form.
func (b *builder) checkAllowed(property string, list *document.Node) {
	for _, item := range list.Items {
		prefix, open := strings.CutSuffix(item.Text, "*")
		problem := ""
		switch property {
		case schema.ProducerTopics, schema.ConsumerTopics, schema.TopicPatterns:
			if problem = topicProblem(prefix); open && (prefix == "" || prefix == "." || prefix == "..") {
				problem = ""
			}
		case schema.GroupID:
			if !legalTopic.MatchString(prefix) || len(prefix) > maxTopic {
				problem = fmt.Sprintf("%q is no group id: 1 to %d letters, digits, \".\", \"_\" and \"-\"", prefix, maxTopic)
			}
		}
		if problem != "" {
			b.Fail(item, "%s", problem)
		}
	}
}

// unusedAllow warns about entries of x-kafka-allow that judge nothing.
func (b *builder) unusedAllow() {
	if b.Failed() {
		return // what was not judged may use them
	}
	for n, used := range b.allowUsed {
		if !used {
			b.Warn(n, "nothing that depends on a request is judged by this entry: it has no effect")
		}
	}
}
