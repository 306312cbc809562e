package generator

import (
	"maps"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/model"
	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// Topic is a topic that documents name.
type Topic struct {
	Name       string
	Partitions int32 // the most that a document says (bindings.kafka.partitions); 0: none says
}

// topicsOfAll lists the topics that documents read and write, sorted by name, for a development
// broker to create. A topic whose name has a parameter is listed once for each value of its
// enumeration, else for its default; one whose parameter has neither cannot be listed.
func topicsOfAll(models []*model.Model) []Topic {
	partitions := map[string]int32{}
	for _, m := range models {
		for _, op := range m.Operations {
			for _, name := range topicsOf(op) {
				partitions[name] = max(partitions[name], op.Partitions)
			}
		}
	}
	var topics []Topic
	for _, name := range slices.Sorted(maps.Keys(partitions)) {
		topics = append(topics, Topic{name, partitions[name]})
	}
	return topics
}

// topicsOf lists the topics of an operation: those of its endpoints, and the one of its channel. What
// expressions name, or a pattern matches, is not known here.
func topicsOf(op *model.Operation) []string {
	var names []string
	if op.Topic.Template != "" {
		names = expand(op.Topic)
	}
	for _, endpoint := range op.Endpoints {
		shared, _ := endpoint["sharedConfigurationOverride"].(map[string]any)
		for _, side := range []string{"producer", "consumer"} {
			part, _ := shared[side].(map[string]any)
			listed, _ := part["topics"].([]any)
			for _, item := range listed {
				if name, ok := item.(string); ok && !strings.Contains(name, "{") {
					names = append(names, name)
				}
			}
		}
	}
	return names
}

// expand fills a topic's parameters with each of their known values; nothing when one has none.
func expand(topic endpoint.Topic) []string {
	names := []string{topic.Template}
	for _, param := range topic.Params {
		values := param.Enum
		if preset, ok := topic.Defaults[param.Name]; ok && len(values) == 0 {
			values = []string{preset}
		}
		var filled []string
		for _, name := range names {
			for _, value := range values {
				filled = append(filled, strings.ReplaceAll(name, "{"+param.Name+"}", value))
			}
		}
		names = filled
	}
	return names
}
