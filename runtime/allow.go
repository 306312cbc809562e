package runtime

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/penstock-dev/penstock/runtime/internal/config"
	"github.com/penstock-dev/penstock/schema"
)

// checkAllow refuses an allow list of the configuration that is wider than the documents'.
func checkAllow(api API, cfg config.API) error {
	var problems []error
	for _, property := range slices.Sorted(maps.Keys(cfg.Allow)) {
		patterns, _ := cfg.Allow[property].([]any)
		for _, item := range patterns {
			pattern, _ := item.(string)
			if covered(api, property, pattern) {
				continue
			}
			pointer := config.Pointer("allow", property)
			place, _ := cfg.Place(pointer)
			problems = append(problems, &config.Problem{
				Place:   place,
				Text:    fmt.Sprintf("%q is wider than what the document allows: the configuration may only narrow it", pattern),
				Pointer: config.Pointer("apis", api.Name) + pointer,
			})
		}
	}
	return errors.Join(problems...)
}

// covered says whether some operation allows all that a pattern does.
func covered(api API, property, pattern string) bool {
	return slices.ContainsFunc(api.Operations, func(op Operation) bool {
		return schema.Allowed(op.Descriptor.Allow[property], pattern)
	})
}
