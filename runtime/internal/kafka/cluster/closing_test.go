package cluster

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// TestCloseEndsTheLogin: a token endpoint that does not answer holds up neither a request nor Close.
func TestCloseEndsTheLogin(t *testing.T) {
	asked, ended := make(chan struct{}, 10), make(chan struct{}, 10)
	issuer := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // a server that has not read it all does not see that the client went
		asked <- struct{}{}
		<-r.Context().Done()
		ended <- struct{}{}
	}))
	defer issuer.Close()
	b := broker(t, kfake.SeedTopics(1, "orders"), kfake.EnableSASL())
	// The embedded broker does not have the mechanism: let it say that it does.
	b.ControlKey(int16(kmsg.SASLHandshake), func(req kmsg.Request) (kmsg.Response, error, bool) {
		b.KeepControl()
		resp, ok := req.ResponseKind().(*kmsg.SASLHandshakeResponse)
		if !ok {
			return nil, errors.New("not a handshake"), true
		}
		resp.SupportedMechanisms = []string{"OAUTHBEARER"}
		return resp, nil, true
	})
	c := loggingIn(t, testConfig(), b.ListenAddrs()[0], saslObject("SASL_PLAINTEXT", "OAUTHBEARER",
		`org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required `+
			`sasl.oauthbearer.token.endpoint.url="`+issuer.URL+`" clientId=gateway clientSecret=geheim;`))
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-asked
		cancel()
	}()
	if _, err := c.Topics(ctx, "orders"); err == nil {
		t.Error("a broker was reached without a login")
	}
	if err := c.Close(t.Context()); err != nil {
		t.Error(err)
	}
	<-ended
}
