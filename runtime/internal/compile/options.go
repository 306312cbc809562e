package compile

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/expr"
	"github.com/penstock-dev/penstock/runtime/internal/config"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
	"github.com/penstock-dev/penstock/runtime/internal/scope"
)

// options are what an entrypoint says about each message. Safe for concurrent use.
type options struct {
	env       *scope.Environment
	key       *option // nil: none
	partition *option // nil: by key
	headers   []*option
	tombstone bool
}

// option is a text that is computed for each message.
type option struct {
	*expr.Template
	name    string // of a header
	text    string // as it is written
	pointer string // into the entrypoints object
	what    string // as clients read it
	needs   string // what of a request or message the text is made of; "" where that is not known
}

// publisherConfig is the part of an entrypoint's configuration that options come from.
type publisherConfig struct {
	Key       string            `json:"key"`
	Partition json.RawMessage   `json:"partition"` // a text or a number
	Headers   map[string]string `json:"headers"`
	Tombstone bool              `json:"tombstone"`
}

// options compiles the options of a publisher; nil: there are none.
func (c *compiler) options(e endpoint.Entrypoint) *options {
	var cfg publisherConfig
	if err := json.Unmarshal([]byte(e.Config), &cfg); err != nil {
		c.fail(fmt.Errorf("%s: %w", e.Kind, err))
		return nil
	}
	if cfg.Key == "" && len(cfg.Partition) == 0 && len(cfg.Headers) == 0 && !cfg.Tombstone {
		return nil
	}
	o := &options{env: c.in.Env, tombstone: cfg.Tombstone}
	if cfg.Key != "" {
		o.key = c.option(e.Kind, "key of the message", cfg.Key, "key")
	}
	if len(cfg.Partition) > 0 {
		written := string(cfg.Partition)
		if err := json.Unmarshal(cfg.Partition, &written); err != nil {
			written = string(cfg.Partition) // a number
		}
		o.partition = c.option(e.Kind, "partition of the message", written, "partition")
	}
	for _, name := range slices.Sorted(maps.Keys(cfg.Headers)) {
		made := c.option(e.Kind, "header "+strconv.Quote(name)+" of the message", cfg.Headers[name], "headers", name)
		made.name = name
		o.headers = append(o.headers, made)
	}
	return o
}

// option compiles a text of a publisher.
func (c *compiler) option(kind endpoint.Kind, what, text string, path ...string) *option {
	return &option{
		Template: c.expression(kind, expr.Message, text, path...), text: text, what: what, needs: needs(text),
		pointer: config.Pointer(append([]string{string(kind)}, path...)...),
	}
}

// expression compiles a text of an entrypoint.
func (c *compiler) expression(kind endpoint.Kind, place expr.Place, text string, path ...string) *expr.Template {
	compiled, err := expr.Compile(text, place)
	if err != nil {
		pointer := config.Pointer(append([]string{string(kind)}, path...)...)
		c.report("", config.Pointer("operations", c.d.Operation), pointer, err.Error())
	}
	return compiled
}

// compose fills what the options say about a message. Errors are 400: the message has not what the
// document asks for.
func (o *options) compose(x *exchange.Exchange, rec *core.Record) error {
	if o.tombstone && len(rec.Value) == 0 {
		rec.Value = nil
	}
	vars := o.env.Message(x, rec)
	if o.key != nil && rec.Key == nil { // else the frame of a WebSocket has named one
		key, err := o.key.words(vars)
		if err != nil {
			return err
		}
		rec.Key = []byte(key)
	}
	if o.partition != nil {
		if err := o.pin(vars, rec); err != nil {
			return err
		}
	}
	return o.addHeaders(vars, rec)
}

// pin chooses the partition of a message.
func (o *options) pin(vars expr.Scope, rec *core.Record) error {
	written, err := o.partition.words(vars)
	if err != nil {
		return err
	}
	number, err := strconv.ParseUint(written, 10, 31)
	if err != nil {
		return &core.Error{
			Code: core.CodeInvalidRequest, Op: compose, Err: err,
			Detail: fmt.Sprintf("the %s is a whole number from 0, not %.40q", o.partition.what, written),
		}
	}
	rec.Partition, rec.Pinned = int32(number), true
	return nil
}

// addHeaders adds headers behind those that the message has. One whose value is null is left out. A
// header that the options name is theirs, in any case: what the client wrote under the name goes.
func (o *options) addHeaders(vars expr.Scope, rec *core.Record) error {
	if len(o.headers) == 0 {
		return nil
	}
	added := make([]core.Header, 0, len(o.headers))
	for _, h := range o.headers {
		text, written, err := h.optional(vars)
		if err != nil {
			return err
		}
		if written {
			added = append(added, core.Header{Name: h.name, Value: []byte(text)})
		}
	}
	kept := make([]core.Header, 0, len(rec.Headers)+len(added)) // a new list: messages of one request share the other
	for _, h := range rec.Headers {
		if !slices.ContainsFunc(o.headers, func(own *option) bool { return strings.EqualFold(own.name, h.Name) }) {
			kept = append(kept, h)
		}
	}
	rec.Headers = append(kept, added...) // now, so that no value is made of another header
	return nil
}

// words computes a text that a message needs.
func (o *option) words(vars expr.Scope) (string, error) {
	text, err := o.Text(vars)
	if err != nil || text == "" {
		return "", o.missing(err)
	}
	return text, nil
}

// optional computes a text; false is null.
func (o *option) optional(vars expr.Scope) (string, bool, error) {
	value, err := o.Value(vars)
	if err != nil {
		return "", false, o.missing(err)
	}
	if value.IsNull() {
		return "", false, nil
	}
	text, err := value.Text()
	if err != nil {
		return "", false, o.missing(err)
	}
	return text, true, nil
}

const compose = "compose message"

// missing is the answer to a message of which an option cannot be made. The cause is for the log:
// it speaks of the document's text.
func (o *option) missing(err error) error {
	e := &core.Error{Code: core.CodeInvalidRequest, Op: compose, Err: err}
	e.Detail = "the " + o.what + " cannot be made of this request"
	if o.needs != "" {
		e.Detail += ": it is made of " + o.needs
	}
	return e
}
