package producer

import (
	"context"
	"errors"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
)

const op = "produce"

// failure tells what an error of the library says about a record. Only errors after which the
// record is certainly not in Kafka get a code that says so; every other is CodeOutcomeUnknown.
//
// An idempotent client fails a record by context, timeout, abort or a failed lookup only if the
// record was never sent, or if its last answer was a refusal (kgo.RecordDeliveryTimeout).
func failure(err error) error {
	if errors.Is(err, kgo.ErrMaxBuffered) {
		return errFull(err)
	}
	if errors.Is(err, kgo.ErrRecordTimeout) || errors.Is(err, context.Canceled) {
		return &core.Error{Code: core.CodeBrokerUnavailable, Op: op, RetryAfter: 1, Err: err}
	}
	if errors.Is(err, kerr.InvalidRecord) {
		return &core.Error{Code: core.CodeInvalidMessage, Op: op, Detail: "Kafka refused the message", Err: err}
	}
	if errors.Is(err, kerr.RequestTimedOut) || errors.Is(err, kerr.NotEnoughReplicasAfterAppend) ||
		errors.Is(err, kerr.UnknownTopicID) {
		// UNKNOWN_TOPIC_ID: the topic was made again while records were in flight, and a broker
		// older than 4.0 may have put them into the new one.
		return core.Wrap(core.CodeOutcomeUnknown, op, err)
	}
	classified := cluster.Classify(op, err)
	switch core.CodeOf(classified) {
	case core.CodeTopicNotFound, core.CodeTooLarge, core.CodeForbidden, core.CodeBrokerUnavailable:
		return classified
	}
	return core.Wrap(core.CodeOutcomeUnknown, op, err)
}

func errFull(err error) error {
	return &core.Error{Code: core.CodeBackPressure, Op: op, RetryAfter: 1, Err: err}
}

func errClosed() error { return core.Wrap(core.CodeDraining, op, kgo.ErrClientClosed) }

func errUnknown() error {
	return core.Wrap(core.CodeOutcomeUnknown, op, errors.New("no answer within produce.timeout"))
}
