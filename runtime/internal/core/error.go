package core

import (
	"errors"
	"net/http"
)

// Code names one kind of failure; clients and logs see it unchanged over releases.
type Code string

// The codes. docs/errors.md lists each with its cause and cure.
const (
	CodeInvalidRequest       Code = "FAILURE_INVALID_REQUEST"        // 400: parameter, header or frame malformed
	CodeInvalidMessage       Code = "FAILURE_INVALID_MESSAGE"        // 400: not JSON, or against the schema
	CodeRefusedByHook        Code = "FAILURE_MESSAGE_REFUSED"        // 400: a publish hook said no
	CodeInvalidCursor        Code = "FAILURE_INVALID_CURSOR"         // 400: malformed, foreign or beyond the end
	CodeNoInitialOffset      Code = "FAILURE_NO_INITIAL_OFFSET"      // 400: autoOffsetReset none without a position
	CodeIncompatibleQoS      Code = "INCOMPATIBLE_QOS"               // 400
	CodeUnauthenticated      Code = "FAILURE_UNAUTHENTICATED"        // 401
	CodeForbidden            Code = "FAILURE_FORBIDDEN"              // 403
	CodeNotAllowed           Code = "FAILURE_NOT_ALLOWED"            // 403: value outside x-kafka-allow, or web origin
	CodeNotFound             Code = "FAILURE_NOT_FOUND"              // 404: no such route
	CodeTopicNotFound        Code = "FAILURE_TOPIC_NOT_FOUND"        // 404
	CodeMethodNotAllowed     Code = "FAILURE_METHOD_NOT_ALLOWED"     // 405
	CodeNotAcceptable        Code = "FAILURE_NOT_ACCEPTABLE"         // 406
	CodeGroupInUse           Code = "FAILURE_GROUP_IN_USE"           // 409
	CodeDeliveryStopped      Code = "FAILURE_DELIVERY_STOPPED"       // 409: a record was never acknowledged, its partition stopped
	CodeCursorGone           Code = "FAILURE_CURSOR_GONE"            // 410: below the log
	CodeTooLarge             Code = "FAILURE_TOO_LARGE"              // 413
	CodeUnsupportedMedia     Code = "FAILURE_UNSUPPORTED_MEDIA_TYPE" // 415
	CodeUpgradeRequired      Code = "FAILURE_UPGRADE_REQUIRED"       // 426
	CodeTooManyRequests      Code = "FAILURE_TOO_MANY_REQUESTS"      // 429
	CodeHeadersTooLarge      Code = "FAILURE_HEADERS_TOO_LARGE"      // 431
	CodeInternal             Code = "FAILURE_INTERNAL"               // 500
	CodeConfigurationInvalid Code = "FAILURE_CONFIGURATION_INVALID"  // 500
	CodePartial              Code = "FAILURE_PARTIAL"                // 502
	CodeBrokerUnavailable    Code = "FAILURE_BROKER_UNAVAILABLE"     // 503: certainly not written
	CodeBackPressure         Code = "FAILURE_BACK_PRESSURE"          // 503: buffer full, certainly not written
	CodeTooManyStreams       Code = "FAILURE_TOO_MANY_STREAMS"       // 503
	CodeTooManyClients       Code = "FAILURE_TOO_MANY_CLIENTS"       // 503: a pool of Kafka clients is full
	CodeIssuerUnavailable    Code = "FAILURE_ISSUER_UNAVAILABLE"     // 503: the issuer of tokens does not give its keys
	CodeDraining             Code = "FAILURE_DRAINING"               // 503
	CodeOutcomeUnknown       Code = "FAILURE_OUTCOME_UNKNOWN"        // 504
	CodeReadTimeout          Code = "FAILURE_READ_TIMEOUT"           // 504: Kafka did not answer a read in time
)

// statuses is the one table from code to HTTP status and title.
var statuses = map[Code]struct {
	status int
	title  string
}{
	CodeInvalidRequest:       {http.StatusBadRequest, "Invalid request"},
	CodeInvalidMessage:       {http.StatusBadRequest, "Invalid message"},
	CodeRefusedByHook:        {http.StatusBadRequest, "Message refused"},
	CodeInvalidCursor:        {http.StatusBadRequest, "Invalid cursor"},
	CodeNoInitialOffset:      {http.StatusBadRequest, "No initial offset"},
	CodeIncompatibleQoS:      {http.StatusBadRequest, "Incompatible QoS"},
	CodeUnauthenticated:      {http.StatusUnauthorized, "Authentication required"},
	CodeForbidden:            {http.StatusForbidden, "Forbidden"},
	CodeNotAllowed:           {http.StatusForbidden, "Not allowed"},
	CodeNotFound:             {http.StatusNotFound, "Not found"},
	CodeTopicNotFound:        {http.StatusNotFound, "Topic not found"},
	CodeMethodNotAllowed:     {http.StatusMethodNotAllowed, "Method not allowed"},
	CodeNotAcceptable:        {http.StatusNotAcceptable, "Not acceptable"},
	CodeGroupInUse:           {http.StatusConflict, "Consumer group in use"},
	CodeDeliveryStopped:      {http.StatusConflict, "Delivery stopped"},
	CodeCursorGone:           {http.StatusGone, "Cursor below the log"},
	CodeTooLarge:             {http.StatusRequestEntityTooLarge, "Message too large"},
	CodeUnsupportedMedia:     {http.StatusUnsupportedMediaType, "Unsupported media type"},
	CodeUpgradeRequired:      {http.StatusUpgradeRequired, "Upgrade required"},
	CodeTooManyRequests:      {http.StatusTooManyRequests, "Too many requests"},
	CodeHeadersTooLarge:      {http.StatusRequestHeaderFieldsTooLarge, "Headers too large"},
	CodeInternal:             {http.StatusInternalServerError, "Internal error"},
	CodeConfigurationInvalid: {http.StatusInternalServerError, "Invalid configuration"},
	CodePartial:              {http.StatusBadGateway, "Partly published"},
	CodeBrokerUnavailable:    {http.StatusServiceUnavailable, "Kafka unavailable"},
	CodeBackPressure:         {http.StatusServiceUnavailable, "Too much unsent data"},
	CodeTooManyStreams:       {http.StatusServiceUnavailable, "Too many streams"},
	CodeTooManyClients:       {http.StatusServiceUnavailable, "Too many Kafka clients"},
	CodeIssuerUnavailable:    {http.StatusServiceUnavailable, "Issuer unavailable"},
	CodeDraining:             {http.StatusServiceUnavailable, "Shutting down"},
	CodeOutcomeUnknown:       {http.StatusGatewayTimeout, "Outcome unknown"},
	CodeReadTimeout:          {http.StatusGatewayTimeout, "Kafka did not answer in time"},
}

// Status is the HTTP status of a code; an unknown code is 500.
func (c Code) Status() int {
	if s, ok := statuses[c]; ok {
		return s.status
	}
	return http.StatusInternalServerError
}

// Title is the fixed, human text of a code.
func (c Code) Title() string {
	if s, ok := statuses[c]; ok {
		return s.title
	}
	return "Internal error"
}

// Codes lists every code.
func Codes() []Code {
	codes := make([]Code, 0, len(statuses))
	for c := range statuses {
		codes = append(codes, c)
	}
	return codes
}

// Violation is one broken rule of a message: a JSON pointer into it and a plain sentence.
type Violation struct {
	Pointer string `json:"pointer"`
	Detail  string `json:"detail"`
}

// Error is a failure with a stable code.
//
// Detail is written for the web client and must hold nothing internal: for a 5xx it is one of
// a few fixed sentences. Err is the cause, for the log only.
type Error struct {
	Code       Code
	Op         string // "produce", "fetch": what was being done
	Detail     string
	Violations []Violation
	Oldest     string   // CodeCursorGone: the oldest valid cursor
	Results    []Result // CodePartial: one for each topic
	RetryAfter int      // seconds; 0: no Retry-After
	Err        error
}

// Error says everything, for logs.
func (e *Error) Error() string {
	text := string(e.Code)
	if e.Op != "" {
		text = e.Op + ": " + text
	}
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// NewError makes an error whose detail the client may read.
func NewError(code Code, detail string) *Error { return &Error{Code: code, Detail: detail} }

// Wrap gives a cause a code; the client sees only the code's title.
func Wrap(code Code, op string, err error) *Error { return &Error{Code: code, Op: op, Err: err} }

// CodeOf finds the code of an error; an error without one is CodeInternal, nil is "".
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return CodeInternal
}

// ErrSkip is returned by a subscribe hook for a record that its readers shall not see.
var ErrSkip = errors.New("skip this record")
