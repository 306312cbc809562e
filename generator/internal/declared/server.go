package declared

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/schema/spelling"
)

// Server is one server of the document.
type Server struct {
	Name     string
	Node     *document.Node
	Endpoint *Annotation
	Protocol string // lower case
	path     string // of web servers, variables filled; "" for none
}

// Kafka says whether the server is a Kafka cluster.
func (s *Server) Kafka() bool { return s.Protocol == "kafka" || s.Protocol == "kafka-secure" }

// Web says whether the server is one for web clients.
func (s *Server) Web() bool {
	switch s.Protocol {
	case "http", "https", "ws", "wss":
		return true
	}
	return false
}

// readServers lists the servers in the order of the file.
func (r *reader) readServers() []*Server {
	list := r.Doc.Root.Get("servers")
	var servers []*Server
	if !r.Doc.Format.Async() {
		if !r.Want(list, document.Array, "servers") || list == nil {
			return nil
		}
		for _, item := range list.Items {
			servers = append(servers, r.server(item.Get("url").Str(), item))
		}
		return servers
	}
	if !r.Want(list, document.Object, "servers") || list == nil {
		return nil
	}
	for _, m := range list.Members {
		r.beside(m.Value)
		if n := r.Resolve(m.Value); n != nil {
			servers = append(servers, r.server(m.Key, n))
		}
	}
	return servers
}

func (r *reader) server(name string, n *document.Node) *Server {
	s := &Server{Name: name, Node: n, Endpoint: r.annotations(n, atServer).Endpoint}
	switch r.Doc.Format {
	case document.AsyncAPI3:
		s.Protocol = strings.ToLower(n.Get("protocol").Str())
		s.path = r.fill(n, n.Get("pathname"), s.Web())
	case document.AsyncAPI2:
		s.Protocol = strings.ToLower(n.Get("protocol").Str())
		s.path = r.urlPath(n, s)
	case document.OpenAPI30, document.OpenAPI31:
		s.path = r.urlPath(n, s)
	}
	return s
}

// urlPath reads the path of a server's url. A url without scheme belongs to OpenAPI's own
// host, or to the protocol that stands beside it.
func (r *reader) urlPath(n *document.Node, s *Server) string {
	text := r.fill(n, n.Get("url"), s.Protocol == "" || s.Web())
	if s.Protocol != "" && !strings.Contains(text, "://") {
		text = "//" + text
	}
	u, err := url.Parse(text)
	if err != nil {
		if s.Protocol == "" || s.Web() {
			r.Fail(n.Get("url"), "%q is not a url", text)
		}
		return ""
	}
	if s.Protocol == "" {
		if s.Protocol = strings.ToLower(u.Scheme); s.Protocol == "" {
			s.Protocol = "http"
		}
	}
	return u.Path
}

var variable = regexp.MustCompile(`\{([^{}]*)\}`)

// fill replaces the variables of a server's address by their defaults.
func (r *reader) fill(server, address *document.Node, needed bool) string {
	return variable.ReplaceAllStringFunc(address.Str(), func(match string) string {
		name := match[1 : len(match)-1]
		value := r.Resolve(server.Get("variables").Get(name)).Get("default")
		if value == nil && needed {
			r.Fail(address, "the server variable %q has no default", name)
		}
		if value == nil {
			return ""
		}
		return value.Text
	})
}

// basePath is the path of the first web server.
func (r *reader) basePath() string {
	for _, s := range r.servers {
		if s.Web() {
			return "/" + strings.Trim(s.path, "/")
		}
	}
	return "/"
}

// serversOf picks the servers of a channel: those that it names, else all.
func (r *reader) serversOf(channel *document.Node) []*Server {
	list := channel.Get("servers")
	if list == nil || list.Kind != document.Array || len(list.Items) == 0 || !r.Doc.Format.Async() {
		return r.servers
	}
	var servers []*Server
	for _, item := range list.Items {
		found := false
		target := item
		if r.Doc.Format == document.AsyncAPI3 {
			if target = r.Resolve(item); target == nil {
				continue // reported by the loader
			}
		}
		for _, s := range r.servers {
			if s.Node == target || r.Doc.Format == document.AsyncAPI2 && s.Name == item.Str() {
				servers, found = append(servers, s), true
			}
		}
		if !found {
			r.Fail(item, "the channel names a server that does not stand under servers%s", r.nearServer(item.Str()))
		}
	}
	return servers
}

func (r *reader) nearServer(name string) string {
	names := make([]string, len(r.servers))
	for i, s := range r.servers {
		names[i] = s.Name
	}
	if near, ok := spelling.Near(name, names); ok {
		return ": did you mean \"" + near + "\"?"
	}
	return ""
}
