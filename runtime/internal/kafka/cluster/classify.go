package cluster

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// Texts for web clients. The cause stays in the log.
const (
	detailTopic     = "the topic does not exist"
	detailForbidden = "Kafka does not allow the gateway to do this"
	detailTooLarge  = "the message is larger than Kafka accepts"
)

// Classify gives an error of the library a code; nil stays nil, and a core.Error as it is.
//
// It speaks about requests that may be repeated. Whether a record was written is decided by
// package producer.
func Classify(op string, err error) error {
	var known *core.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	code, detail := classify(err)
	e := &core.Error{Code: code, Op: op, Detail: detail, Err: err}
	if code == core.CodeBrokerUnavailable {
		e.RetryAfter = 1
	}
	return e
}

func classify(err error) (core.Code, string) {
	switch {
	case errors.Is(err, kgo.ErrClientClosed):
		return core.CodeDraining, ""
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return core.CodeReadTimeout, ""
	}
	var answer *kerr.Error
	if errors.As(err, &answer) {
		return classifyAnswer(answer)
	}
	var dial net.Error
	var eof *kgo.ErrFirstReadEOF
	var untrusted *tls.CertificateVerificationError
	var alert tls.AlertError
	var notTLS tls.RecordHeaderError
	if errors.As(err, &dial) || errors.As(err, &eof) || errors.As(err, &untrusted) ||
		errors.As(err, &alert) || errors.As(err, &notTLS) || errors.Is(err, io.EOF) ||
		errors.Is(err, net.ErrClosed) || errors.Is(err, kgo.ErrRecordTimeout) ||
		kgo.IsRetryableBrokerErr(err) {
		return core.CodeBrokerUnavailable, ""
	}
	return core.CodeInternal, ""
}

func classifyAnswer(err *kerr.Error) (core.Code, string) {
	switch {
	case errors.Is(err, kerr.UnknownTopicOrPartition), errors.Is(err, kerr.UnknownTopicID),
		errors.Is(err, kerr.InvalidTopicException):
		return core.CodeTopicNotFound, detailTopic
	case errors.Is(err, kerr.MessageTooLarge), errors.Is(err, kerr.RecordListTooLarge):
		return core.CodeTooLarge, detailTooLarge
	case errors.Is(err, kerr.TopicAuthorizationFailed), errors.Is(err, kerr.GroupAuthorizationFailed),
		errors.Is(err, kerr.ClusterAuthorizationFailed):
		return core.CodeForbidden, detailForbidden
	case err.Retriable, isRefusal(err):
		return core.CodeBrokerUnavailable, ""
	}
	return core.CodeInternal, ""
}
