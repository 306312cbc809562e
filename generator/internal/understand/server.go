package understand

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/schema"
)

// server is one server of the document.
type server struct {
	name     string
	node     *document.Node
	protocol string // lower case
	path     string // of web servers, variables filled; "" for none
	endpoint *annotation
}

// kafka says whether the server is a Kafka cluster.
func (s *server) kafka() bool { return s.protocol == "kafka" || s.protocol == "kafka-secure" }

// web says whether the server is one for web clients.
func (s *server) web() bool {
	switch s.protocol {
	case "http", "https", "ws", "wss":
		return true
	}
	return false
}

// readServers lists the servers in the order of the file.
func (b *builder) readServers() []*server {
	list := b.Doc.Root.Get("servers")
	var servers []*server
	if !b.Doc.Format.Async() {
		if !b.Want(list, document.Array, "servers") || list == nil {
			return nil
		}
		for _, item := range list.Items {
			servers = append(servers, b.server(item.Get("url").Str(), item))
		}
		return servers
	}
	if !b.Want(list, document.Object, "servers") || list == nil {
		return nil
	}
	for _, m := range list.Members {
		b.beside(m.Value)
		if n := b.Resolve(m.Value); n != nil {
			servers = append(servers, b.server(m.Key, n))
		}
	}
	return servers
}

func (b *builder) server(name string, n *document.Node) *server {
	b.place(n, "server")
	s := &server{name: name, node: n, endpoint: b.annotation(n, "x-kafka-endpoint", schema.EndpointPatch)}
	switch b.Doc.Format {
	case document.AsyncAPI3:
		s.protocol = strings.ToLower(n.Get("protocol").Str())
		s.path = b.fill(n, n.Get("pathname"), s.web())
	case document.AsyncAPI2:
		s.protocol = strings.ToLower(n.Get("protocol").Str())
		s.path = b.urlPath(n, s)
	case document.OpenAPI30, document.OpenAPI31:
		s.path = b.urlPath(n, s)
	}
	return s
}

// urlPath reads the path of a server's url. A url without scheme belongs to OpenAPI's own
// host, or to the protocol that stands beside it.
func (b *builder) urlPath(n *document.Node, s *server) string {
	text := b.fill(n, n.Get("url"), s.protocol == "" || s.web())
	if s.protocol != "" && !strings.Contains(text, "://") {
		text = "//" + text
	}
	u, err := url.Parse(text)
	if err != nil {
		if s.protocol == "" || s.web() {
			b.Fail(n.Get("url"), "%q is not a url", text)
		}
		return ""
	}
	if s.protocol == "" {
		if s.protocol = strings.ToLower(u.Scheme); s.protocol == "" {
			s.protocol = "http"
		}
	}
	return u.Path
}

var variable = regexp.MustCompile(`\{([^{}]*)\}`)

// fill replaces the variables of a server's address by their defaults.
func (b *builder) fill(server, address *document.Node, needed bool) string {
	return variable.ReplaceAllStringFunc(address.Str(), func(match string) string {
		name := match[1 : len(match)-1]
		value := b.Resolve(server.Get("variables").Get(name)).Get("default")
		if value == nil && needed {
			b.Fail(address, "the server variable %q has no default", name)
		}
		if value == nil {
			return ""
		}
		return value.Text
	})
}

// basePath is the path of the first web server.
func (b *builder) basePath() string {
	for _, s := range b.servers {
		if s.web() {
			return "/" + strings.Trim(s.path, "/")
		}
	}
	return "/"
}

// serversOf picks the servers of a channel: those that it names, else all.
func (b *builder) serversOf(channel *document.Node) []*server {
	list := channel.Get("servers")
	if list == nil || list.Kind != document.Array || len(list.Items) == 0 || !b.Doc.Format.Async() {
		return b.servers
	}
	var servers []*server
	for _, item := range list.Items {
		found := false
		target := item
		if b.Doc.Format == document.AsyncAPI3 {
			if target = b.Resolve(item); target == nil {
				continue // reported by the loader
			}
		}
		for _, s := range b.servers {
			if s.node == target || b.Doc.Format == document.AsyncAPI2 && s.name == item.Str() {
				servers, found = append(servers, s), true
			}
		}
		if !found {
			b.Fail(item, "the channel names a server that does not stand under servers%s", b.nearServer(item.Str()))
		}
	}
	return servers
}

func (b *builder) nearServer(name string) string {
	names := make([]string, len(b.servers))
	for i, s := range b.servers {
		names[i] = s.name
	}
	if near, ok := schema.Suggest(name, names); ok {
		return ": did you mean \"" + near + "\"?"
	}
	return ""
}
