package runtime

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/penstock-dev/penstock/runtime/internal/published"
	"github.com/penstock-dev/penstock/runtime/internal/routes"
)

// pagePolicy lets the index load nothing and run nothing.
const pagePolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

// addPages adds /docs and the documents of every api, also at the root when it is the only one.
func (gw *Gateway) addPages() error {
	index, err := gw.index()
	if err != nil {
		return err
	}
	problems := []error{gw.addPage("/docs", "text/html; charset=utf-8", index)}
	for _, m := range gw.apis {
		documents, err := m.published()
		problems = append(problems, err)
		for name, text := range documents {
			problems = append(problems, gw.addPage("/docs/"+m.api.Name+"/"+name, "application/json", text))
			if len(gw.apis) == 1 && !gw.table.Has(http.MethodGet, "/"+name) {
				problems = append(problems, gw.addPage("/"+name, "application/json", text))
			}
		}
	}
	return errors.Join(problems...)
}

// addPage adds a page for GET, and for HEAD, whose body the server leaves out.
func (gw *Gateway) addPage(path, contentType string, text []byte) error {
	page := routes.Route{
		Owner: "the page " + path, Kind: routes.Page, Method: http.MethodGet, Path: path,
		Handler: func(c echo.Context) error {
			h := c.Response().Header()
			h.Set(echo.HeaderContentSecurityPolicy, pagePolicy)
			h.Set(echo.HeaderXContentTypeOptions, "nosniff")
			h.Set(echo.HeaderCacheControl, "no-cache")
			return c.Blob(http.StatusOK, contentType, text)
		},
	}
	head := page
	head.Method = http.MethodHead
	return gw.table.Add(page, head)
}

// published are the documents of an api by file name, as the configuration has it.
func (m mounted) published() (map[string][]byte, error) {
	out := map[string][]byte{}
	var problems []error
	for name, document := range map[string]struct {
		text   []byte
		change func([]byte, published.Base, []published.Route) ([]byte, error)
	}{
		"openapi.json":  {m.api.Documents.OpenAPI, published.OpenAPI},
		"asyncapi.json": {m.api.Documents.AsyncAPI, published.AsyncAPI},
	} {
		if document.text == nil {
			continue
		}
		out[name] = document.text
		if published.Changed(m.base, m.routes) {
			text, err := document.change(document.text, m.base, m.routes)
			if err != nil {
				problems = append(problems, fmt.Errorf("api %q: %w", m.api.Name, err))
			}
			out[name] = text
		}
	}
	return out, errors.Join(problems...)
}

var indexPage = template.Must(template.New("docs").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>APIs</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse}td,th{text-align:left;padding:.2rem 1rem .2rem 0}code{font-size:90%}</style>
</head><body><h1>APIs</h1>
{{range .}}<section><h2>{{.Title}} {{.Version}}</h2>
<p>{{range .Links}}<a href="{{.}}">{{.}}</a> {{end}}</p>
<table><tr><th>Operation</th><th>Entrypoint</th><th>Method</th><th>Path</th></tr>
{{range .Operations}}<tr><td>{{.Operation}}</td><td>{{.Kind}}</td><td>{{.Method}}</td><td><code>{{.Path}}</code></td></tr>
{{end}}</table></section>
{{end}}</body></html>
`))

type indexAPI struct {
	Title, Version string
	Links          []string
	Operations     []served
}

// index renders the list of apis, with their documents and operations.
func (gw *Gateway) index() ([]byte, error) {
	var apis []indexAPI
	for _, m := range gw.apis {
		entry := indexAPI{Title: m.api.Title, Version: m.api.Version, Operations: m.operations}
		if entry.Title == "" {
			entry.Title = m.api.Name
		}
		if m.api.Documents.OpenAPI != nil {
			entry.Links = append(entry.Links, "/docs/"+m.api.Name+"/openapi.json")
		}
		if m.api.Documents.AsyncAPI != nil {
			entry.Links = append(entry.Links, "/docs/"+m.api.Name+"/asyncapi.json")
		}
		apis = append(apis, entry)
	}
	var page bytes.Buffer
	if err := indexPage.Execute(&page, apis); err != nil {
		return nil, fmt.Errorf("render /docs: %w", err)
	}
	return page.Bytes(), nil
}
