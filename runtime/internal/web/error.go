package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// codes are the codes of the statuses that Echo and its middleware answer with.
var codes = map[int]core.Code{
	http.StatusBadRequest:                  core.CodeInvalidRequest,
	http.StatusUnauthorized:                core.CodeUnauthenticated,
	http.StatusForbidden:                   core.CodeForbidden,
	http.StatusNotFound:                    core.CodeNotFound,
	http.StatusMethodNotAllowed:            core.CodeMethodNotAllowed,
	http.StatusNotAcceptable:               core.CodeNotAcceptable,
	http.StatusRequestEntityTooLarge:       core.CodeTooLarge,
	http.StatusUnsupportedMediaType:        core.CodeUnsupportedMedia,
	http.StatusUpgradeRequired:             core.CodeUpgradeRequired,
	http.StatusTooManyRequests:             core.CodeTooManyRequests,
	http.StatusRequestHeaderFieldsTooLarge: core.CodeHeadersTooLarge,
}

// Of gives an error its code: *core.Error as it is, Echo's by their status, a body that is too
// large; anything else is CodeInternal. It is nil for nil only.
func Of(err error) *core.Error {
	if err == nil {
		return nil
	}
	var coded *core.Error
	if errors.As(err, &coded) {
		return coded
	}
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return core.NewError(core.CodeTooLarge, "the body is larger than "+strconv.FormatInt(tooLarge.Limit, 10)+" bytes")
	}
	var answer *echo.HTTPError
	if errors.As(err, &answer) {
		return ofEcho(answer)
	}
	return core.Wrap(core.CodeInternal, "", err)
}

func ofEcho(answer *echo.HTTPError) *core.Error {
	code, known := codes[answer.Code]
	switch {
	case known:
	case answer.Code >= 400 && answer.Code < 500:
		code = core.CodeInvalidRequest
	default:
		code = core.CodeInternal
	}
	e := core.Wrap(code, "", answer)
	if text, ok := answer.Message.(string); ok && text != http.StatusText(answer.Code) {
		e.Detail = text
	}
	switch {
	case e.Detail != "":
	case answer.Code == http.StatusNotFound:
		e.Detail = "no operation has this path"
	case answer.Code == http.StatusMethodNotAllowed:
		e.Detail = "the path has no such method"
	}
	return e
}

// withMethods says in the detail of a 405 what the path has; allow is the header that Echo made.
func withMethods(e *core.Error, allow string) *core.Error {
	methods := slices.DeleteFunc(strings.Split(allow, ", "), func(method string) bool {
		return method == "" || method == http.MethodOptions
	})
	if len(methods) == 0 {
		return e
	}
	more := *e
	more.Detail += ": use " + alternatives(methods)
	return &more
}

// status is the status of an answer: the code's, but Echo's own where an error of Echo has one
// that no code stands for.
func status(err error, e *core.Error) int {
	var answer *echo.HTTPError
	if errors.As(err, &answer) && errors.Is(e, answer) && answer.Code >= 400 && answer.Code < 600 {
		return answer.Code
	}
	return e.Code.Status()
}
