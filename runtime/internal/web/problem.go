// Package web renders what every web client may get: problems (RFC 9457) and the media type
// that its Accept header asks for.
package web

import (
	"strconv"
	"strings"
	"time"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/scan"
)

// ProblemType is the media type of a problem.
const ProblemType = "application/problem+json"

// details are the fixed texts of the codes that are the gateway's fault or Kafka's: whatever
// the cause, a client reads nothing else.
var details = map[core.Code]string{
	core.CodeInternal:             "the gateway could not do this; the cause is in its log",
	core.CodeConfigurationInvalid: "the configuration of this operation cannot be used; the cause is in the gateway's log",
	core.CodePartial:              "the message is in some of its topics only; results has one entry for each topic",
	core.CodeBrokerUnavailable:    "Kafka cannot be reached; nothing was read or written",
	core.CodeBackPressure:         "too much data waits for Kafka; nothing was written",
	core.CodeTooManyStreams:       "the gateway has as many open streams as it may have",
	core.CodeTooManyClients:       "the gateway has as many Kafka clients as it may have",
	core.CodeIssuerUnavailable:    "the issuer of the credentials cannot be reached, so they cannot be checked",
	core.CodeDraining:             "the gateway is shutting down; connect again",
	core.CodeOutcomeUnknown:       "Kafka did not answer in time; the message may or may not be written",
	core.CodeReadTimeout:          "Kafka did not answer in time",
}

// Detail is the text that a client may read about an error; it may be empty. A 5xx has the
// fixed text of its code, never the error's own.
func Detail(e *core.Error) string {
	if text, ok := details[e.Code]; ok {
		return text
	}
	if e.Code.Status() >= 500 {
		return details[core.CodeInternal]
	}
	if e.Detail == "" && len(e.Violations) > 0 {
		return broken(e.Violations)
	}
	return e.Detail
}

// broken sums violations up.
func broken(violations []core.Violation) string {
	if fault := NotJSON(violations); fault != "" {
		return "the message is " + fault
	}
	if len(violations) == 1 {
		return "the message breaks 1 rule of its schema"
	}
	return "the message breaks " + strconv.Itoa(len(violations)) + " rules of its schema"
}

// NotJSON finds the violation of a message that is not JSON at all, which breaks no rule of its
// schema: it gives the text that says why, "not JSON: …", or "".
func NotJSON(violations []core.Violation) string {
	for _, v := range violations {
		if v.Pointer == "" && strings.HasPrefix(v.Detail, scan.NotJSON) {
			return v.Detail
		}
	}
	return ""
}

// AppendProblem appends an error as a problem (RFC 9457): type, title, status, detail, code,
// then instance, errors, oldest and results where there are any.
func AppendProblem(dst []byte, e *core.Error, instance string) []byte {
	dst = append(dst, `{"type":"about:blank",`...)
	dst = AppendMembers(dst, e, e.Code.Status(), instance)
	return append(dst, '}')
}

// AppendMembers appends the members of a problem but its type, for JSON objects that have a
// type of their own. It starts without and ends without a comma.
func AppendMembers(dst []byte, e *core.Error, status int, instance string) []byte {
	dst = append(dst, `"title":`...)
	dst = AppendString(dst, e.Code.Title())
	dst = append(dst, `,"status":`...)
	dst = strconv.AppendInt(dst, int64(status), 10)
	if detail := Detail(e); detail != "" {
		dst = append(dst, `,"detail":`...)
		dst = AppendString(dst, detail)
	}
	dst = append(dst, `,"code":`...)
	dst = AppendString(dst, string(e.Code))
	if instance != "" {
		dst = append(dst, `,"instance":`...)
		dst = AppendString(dst, instance)
	}
	if len(e.Violations) > 0 {
		dst = appendViolations(dst, e.Violations)
	}
	if e.Oldest != "" {
		dst = append(dst, `,"oldest":`...)
		dst = AppendString(dst, e.Oldest)
	}
	if len(e.Results) > 0 {
		dst = appendResults(dst, e.Results)
	}
	return dst
}

func appendViolations(dst []byte, violations []core.Violation) []byte {
	dst = append(dst, `,"errors":[`...)
	for i, v := range violations {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, `{"pointer":`...)
		dst = AppendString(dst, v.Pointer)
		dst = append(dst, `,"detail":`...)
		dst = AppendString(dst, v.Detail)
		dst = append(dst, '}')
	}
	return append(dst, ']')
}

// appendResults appends what became of a message in each topic: a receipt, or status, code and
// detail of a problem.
func appendResults(dst []byte, results []core.Result) []byte {
	dst = append(dst, `,"results":[`...)
	for i, r := range results {
		if i > 0 {
			dst = append(dst, ',')
		}
		if r.Err == nil {
			dst = AppendReceipt(dst, r.Receipt)
			continue
		}
		e := Of(r.Err)
		dst = append(dst, `{"topic":`...)
		dst = AppendString(dst, r.Topic)
		dst = append(dst, ',')
		dst = AppendMembers(dst, e, e.Code.Status(), "")
		dst = append(dst, '}')
	}
	return append(dst, ']')
}

// AppendReceipt appends a receipt as JSON: topic, partition, offset and timestamp (RFC 3339,
// UTC, milliseconds).
func AppendReceipt(dst []byte, r core.Receipt) []byte {
	dst = append(dst, `{"topic":`...)
	dst = AppendString(dst, r.Topic)
	dst = append(dst, `,"partition":`...)
	dst = strconv.AppendInt(dst, int64(r.Partition), 10)
	dst = append(dst, `,"offset":`...)
	dst = strconv.AppendInt(dst, r.Offset, 10)
	dst = append(dst, `,"timestamp":"`...)
	dst = AppendTime(dst, r.Timestamp)
	return append(dst, '"', '}')
}

// AppendTime appends a time as RFC 3339 in UTC with milliseconds.
func AppendTime(dst []byte, t time.Time) []byte {
	t = t.UTC()
	dst = t.AppendFormat(dst, time.RFC3339) // much faster than a layout with milliseconds
	ms := t.Nanosecond() / int(time.Millisecond)
	return append(dst[:len(dst)-1], '.', byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10), 'Z')
}
