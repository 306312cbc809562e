package declared

import (
	"net/http"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/generator/internal/report"
)

var methods = []string{"get", "put", "post", "delete", "options", "head", "patch", "trace"}

// openAPI reads the operations under paths. Those under webhooks are refused where they are
// annotated; callbacks are documentation only.
func (r *reader) openAPI() []*Operation {
	r.webhooks()
	paths := r.Doc.Root.Get("paths")
	if paths == nil || !r.Want(paths, document.Object, "paths") {
		return nil
	}
	var all []*Operation
	for _, m := range paths.Members {
		r.beside(m.Value)
		item := r.Resolve(m.Value)
		if strings.HasPrefix(m.Key, "x-") || item == nil || !r.Want(item, document.Object, "a path item") {
			continue
		}
		r.annotations(item, atChannel)
		for _, om := range item.Members {
			if !slices.Contains(methods, om.Key) || !r.Want(om.Value, document.Object, "an operation") {
				continue
			}
			all = append(all, r.openAPIOperation(m.Key, item, om))
		}
	}
	return all
}

func (r *reader) openAPIOperation(path string, item *document.Node, m document.Member) *Operation {
	method := strings.ToUpper(m.Key)
	name := m.Value.Get("operationId").Str()
	if name == "" {
		name = method + " " + path
	}
	op := r.operation(name, m.KeyPos, m.Value)
	r.under(op, item)
	op.Method, op.Path = method, path
	r.served(op, m.Value.Member("x-kafka-entrypoints"))
	op.Servers, op.Parameters = r.servers, map[string]Parameter{}
	for _, list := range []*document.Node{item.Get("parameters"), m.Value.Get("parameters")} {
		if list == nil || !r.Want(list, document.Array, "parameters") {
			continue
		}
		for _, p := range list.Items {
			if p = r.Resolve(p); p.Get("in").Str() == "path" {
				op.Parameters[p.Get("name").Str()] = r.schemaParameter(p)
			}
		}
	}
	return op
}

// served refuses an annotation that only says that the operation is served, where no entrypoint has
// its method. What names an entrypoint is judged with it.
func (r *reader) served(op *Operation, entrypoints *document.Member) {
	if entrypoints == nil || entrypoints.Value.Kind != document.Object || len(entrypoints.Value.Members) > 0 {
		return
	}
	if !slices.Contains([]string{http.MethodGet, http.MethodPost, http.MethodPut}, op.Method) {
		r.FailKey(entrypoints, "%s is not served: only GET, POST and PUT are", op.Method)
	}
}

// webhooks refuses annotated operations under webhooks.
func (r *reader) webhooks() {
	hooks := r.Doc.Root.Get("webhooks")
	if hooks == nil || !r.Want(hooks, document.Object, "webhooks") {
		return
	}
	for _, m := range hooks.Members {
		item := r.Resolve(m.Value)
		holders := []*document.Node{item}
		for _, method := range methods {
			holders = append(holders, item.Get(method))
		}
		for _, h := range holders {
			if a := h.Member("x-kafka-entrypoints"); a != nil {
				r.Fail(a.Value, "webhook is not served yet")
			}
		}
	}
}

// EventStream is the media type of server-sent events.
const EventStream = "text/event-stream"

// Successes lists the content maps of the 2xx answers of an OpenAPI operation.
func (o *Operation) Successes(r *report.Report) []*document.Node {
	responses := o.Node.Get("responses")
	if responses == nil || !r.Want(responses, document.Object, "responses") {
		return nil
	}
	var contents []*document.Node
	for _, m := range responses.Members {
		if len(m.Key) != 3 || m.Key[0] != '2' {
			continue
		}
		if content := r.Resolve(m.Value).Get("content"); content != nil && r.Want(content, document.Object, "content") {
			contents = append(contents, content)
		}
	}
	return contents
}
