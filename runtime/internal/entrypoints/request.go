package entrypoints

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
)

// The names under which a client may name itself. The answer has the identifier under the name
// that the client used.
const (
	clientHeader         = "X-Client-Identifier"
	graviteeClientHeader = "X-Gravitee-Client-Identifier"
)

// Params gives the path parameters of a request, unescaped; nil without any. An error is 400.
func Params(c echo.Context) (map[string]string, error) {
	names, values := c.ParamNames(), c.ParamValues()
	if len(names) == 0 {
		return nil, nil
	}
	params := make(map[string]string, len(names))
	for i, name := range names {
		value := values[i]
		if c.Request().URL.RawPath != "" { // Echo then routes by the escaped path
			unescaped, err := url.PathUnescape(value)
			if err != nil {
				return nil, core.NewError(core.CodeInvalidRequest, "path parameter "+name+" is malformed")
			}
			value = unescaped
		}
		params[name] = value
	}
	return params, nil
}

// Query parses the query string of a request. One that is malformed is 400, not half read; so is one
// that has a parameter of the names twice: who appends a new cursor to the URL of the page before would
// get that page for ever.
func Query(r *http.Request, names ...string) (url.Values, error) {
	if r.URL.RawQuery == "" {
		return nil, nil
	}
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, &core.Error{
			Code: core.CodeInvalidRequest, Op: "read query", Err: err,
			Detail: "the query string is malformed: write ; as %3B, # as %23 and % as %25",
		}
	}
	for _, name := range names {
		if len(values[name]) > 1 {
			return nil, core.NewError(core.CodeInvalidRequest, "the parameter "+name+" must be there once")
		}
	}
	return values, nil
}

// CursorParameter is the query parameter of the id after which a client goes on.
const CursorParameter = "cursor"

// Cursor is the cursor parameter of a query. A "+" of base64 that came unescaped, and so as a
// space, is restored: no id has a space.
func Cursor(query url.Values) string {
	return strings.ReplaceAll(query.Get(CursorParameter), " ", "+")
}

// echoClient answers with the client identifier under the name that the client used.
func echoClient(h http.Header, r *http.Request, c exchange.Caller) {
	if c.ClientID == "" {
		return
	}
	name := clientHeader
	if r.Header.Get(clientHeader) == "" && !strings.Contains(r.URL.RawQuery, clientHeader) {
		name = graviteeClientHeader
	}
	h.Set(name, c.ClientID)
}
