package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

func TestClassify(t *testing.T) {
	refused := &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	for _, tt := range []struct {
		err  error
		want core.Code
	}{
		{nil, ""},
		{core.NewError(core.CodeGroupInUse, ""), core.CodeGroupInUse},
		{kgo.ErrClientClosed, core.CodeDraining},
		{fmt.Errorf("wait: %w", context.DeadlineExceeded), core.CodeReadTimeout},
		{context.Canceled, core.CodeReadTimeout},
		{refused, core.CodeBrokerUnavailable},
		{&net.DNSError{Err: "no such host", IsNotFound: true}, core.CodeBrokerUnavailable},
		{io.EOF, core.CodeBrokerUnavailable},
		{kerr.NotLeaderForPartition, core.CodeBrokerUnavailable},
		{kerr.SaslAuthenticationFailed, core.CodeBrokerUnavailable},
		{kerr.UnknownTopicOrPartition, core.CodeTopicNotFound},
		{kerr.UnknownTopicID, core.CodeTopicNotFound},
		{kerr.InvalidTopicException, core.CodeTopicNotFound},
		{kerr.MessageTooLarge, core.CodeTooLarge},
		{kerr.TopicAuthorizationFailed, core.CodeForbidden},
		{kerr.GroupAuthorizationFailed, core.CodeForbidden},
		{kerr.InvalidConfig, core.CodeInternal},
		{errors.New("anything"), core.CodeInternal},
	} {
		got := Classify("op", tt.err)
		if core.CodeOf(got) != tt.want {
			t.Errorf("%v: got %v, want %q", tt.err, got, tt.want)
		}
		if tt.err != nil && !errors.Is(got, tt.err) {
			t.Errorf("%v: the cause is lost", tt.err)
		}
	}
	got := Classify("produce", kerr.TopicAuthorizationFailed)
	const want = "produce: FAILURE_FORBIDDEN: Kafka does not allow the gateway to do this: " +
		"TOPIC_AUTHORIZATION_FAILED: Not authorized to access topics: [Topic authorization failed.]"
	if got.Error() != want {
		t.Errorf("got %s, want %s", got, want)
	}
	var e *core.Error
	if !errors.As(Classify("op", refused), &e) || e.RetryAfter != 1 {
		t.Errorf("unavailable: got %+v, want RetryAfter 1", e)
	}
}
