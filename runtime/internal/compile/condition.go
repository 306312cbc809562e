package compile

import (
	"encoding/json"
	"fmt"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/expr"
	"github.com/penstock-dev/penstock/runtime/internal/config"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
)

// condition compiles the conditions of entrypoints; nil: there is none.
func (c *compiler) condition(served []endpoint.Entrypoint) func(*exchange.Exchange) error {
	conditions := map[endpoint.Kind]*expr.Template{}
	for _, e := range served {
		var cfg struct {
			Condition string `json:"condition"`
		}
		if err := json.Unmarshal([]byte(e.Config), &cfg); err != nil {
			c.fail(fmt.Errorf("%s: %w", e.Kind, err))
			continue
		}
		if cfg.Condition == "" {
			continue
		}
		conditions[e.Kind] = c.expression(e.Kind, expr.Request, cfg.Condition, "condition")
		if name := c.later(conditions[e.Kind]); name != "" {
			c.report("", config.Pointer("operations", c.d.Operation), config.Pointer(string(e.Kind), "condition"),
				fmt.Sprintf("the condition reads the attribute %q, which is computed after it: write what the attribute is made of", name))
		}
	}
	if len(conditions) == 0 {
		return nil
	}
	env := c.in.Env
	return func(x *exchange.Exchange) error {
		condition := conditions[x.Kind]
		if condition == nil {
			return nil
		}
		holds, err := condition.Grants(env.Scope(x))
		if holds && err == nil {
			return nil
		}
		return &core.Error{
			Code: core.CodeForbidden, Op: "authorize", Err: err,
			Detail: "the condition of this operation does not hold for this request",
		}
	}
}

// later finds an attribute of the document that a condition reads. Conditions come first, so it would
// be null: one that says what the attribute must not be would hold for everybody.
func (c *compiler) later(condition *expr.Template) string {
	if condition == nil {
		return ""
	}
	names, _ := condition.Attributes()
	for _, name := range names {
		for _, a := range c.d.Attributes {
			if a.Name == name || a.Name == "gravitee.attribute."+name {
				return name
			}
		}
	}
	return ""
}
