package compile

import (
	"encoding/json"
	"fmt"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/expr"
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
		if cfg.Condition != "" {
			conditions[e.Kind] = c.expression(e.Kind, expr.Request, cfg.Condition, "condition")
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
		holds, err := condition.Bool(env.Scope(x))
		if holds && err == nil {
			return nil
		}
		return &core.Error{
			Code: core.CodeForbidden, Op: "authorize", Err: err,
			Detail: "the condition of this operation does not hold for this request",
		}
	}
}
