package kafka_test

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"errors"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/kafka"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// loggingIn makes a gateway whose clients log in.
func loggingIn(t *testing.T, b *kfake.Cluster, protocol, mechanism, jaas, trust string) (*kafka.Kafka, cluster.Target) {
	t.Helper()
	security := map[string]any{"protocol": protocol, "sasl": map[string]any{"saslMechanism": mechanism, "saslJaasConfig": jaas}}
	if trust != "" {
		security["ssl"] = map[string]any{"trustStore": map[string]any{"type": "PEM", "certificates": trust}}
	}
	object, err := json.Marshal(map[string]any{
		"configuration":               map[string]any{"bootstrapServers": b.ListenAddrs()[0]},
		"sharedConfigurationOverride": map[string]any{"security": security},
	})
	if err != nil {
		t.Fatal(err)
	}
	target, err := cluster.ParseTarget(endpoint.JSON(object))
	if err != nil {
		t.Fatal(err)
	}
	k := kafka.New(kafka.Default(), slog.New(slog.DiscardHandler))
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := k.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return k, target
}

// publish waits for the outcome of one record.
func publish(t *testing.T, k *kafka.Kafka, target cluster.Target) error {
	t.Helper()
	return write(t, configured(t, k, target), "1")
}

// readOne waits for the first record of a stream.
func readOne(t *testing.T, source qos.Source, reading qos.Reading) {
	t.Helper()
	var stream qos.Stream
	eventually(t, "a stream", func() bool { // a first connection may take long
		var err error
		if stream, err = source.Open(t.Context(), reading); err != nil && core.CodeOf(err) != core.CodeBrokerUnavailable {
			t.Fatal(err)
		}
		return err == nil
	})
	defer func() {
		if err := stream.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	deadline := time.After(patience)
	for {
		batch, more, err := stream.Poll(1)
		if err != nil || batch != nil {
			if err != nil {
				t.Error(err)
			}
			return
		}
		select {
		case <-more:
		case <-deadline:
			t.Error("no record")
			return
		}
	}
}

// TestLoginsWriteAndRead takes every reader and a producer through each login of the embedded
// broker, with and without TLS.
func TestLoginsWriteAndRead(t *testing.T) {
	web := httptest.NewTLSServer(nil) // has a certificate for 127.0.0.1
	t.Cleanup(web.Close)
	trust := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: web.Certificate().Raw}))
	const scram = "org.apache.kafka.common.security.scram.ScramLoginModule required "
	for _, tt := range []struct{ mechanism, jaas string }{
		{"PLAIN", `org.apache.kafka.common.security.plain.PlainLoginModule required username=alice password="o;n=e";`},
		{"SCRAM-SHA-256", scram + `username=bob password=two;`},
		{"SCRAM-SHA-512", scram + `username=carol password=three;`},
	} {
		for _, protocol := range []string{"SASL_PLAINTEXT", "SASL_SSL"} {
			t.Run(tt.mechanism+" "+protocol, func(t *testing.T) {
				opts := []kfake.Opt{
					kfake.NumBrokers(1), kfake.SeedTopics(1, "orders"), kfake.EnableSASL(), kfake.Superuser("PLAIN", "alice", "o;n=e"),
					kfake.Superuser("SCRAM-SHA-256", "bob", "two"), kfake.Superuser("SCRAM-SHA-512", "carol", "three"),
					kfake.BrokerConfigs(map[string]string{"group.initial.rebalance.delay.ms": "0"}),
				}
				authority := ""
				if protocol == "SASL_SSL" {
					opts, authority = append(opts, kfake.TLS(web.TLS.Clone())), trust
				}
				b, err := kfake.NewCluster(opts...)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(b.Close)
				k, target := loggingIn(t, b, protocol, tt.mechanism, tt.jaas, authority)
				source := configured(t, k, target)
				mustWrite(t, source, "1")
				for _, reading := range kinds() {
					readOne(t, source, reading)
				}
			})
		}
	}
}

// TestWrongLoginIs503 answers as Apache Kafka does where the embedded broker hangs up.
func TestWrongLoginIs503(t *testing.T) {
	b, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "orders"), kfake.EnableSASL(), kfake.Superuser("PLAIN", "alice", "one"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	var logins atomic.Int64
	b.ControlKey(int16(kmsg.SASLAuthenticate), func(kmsg.Request) (kmsg.Response, error, bool) {
		b.KeepControl()
		logins.Add(1)
		resp := kmsg.NewPtrSASLAuthenticateResponse()
		resp.Version, resp.ErrorCode = 2, kerr.SaslAuthenticationFailed.Code
		return resp, nil, true
	})
	k, target := loggingIn(t, b, "SASL_PLAINTEXT", "PLAIN",
		"org.apache.kafka.common.security.plain.PlainLoginModule required username=alice password=geheim;", "")
	began := time.Now()
	refused := func(what string, err error) {
		t.Helper()
		if core.CodeOf(err) != core.CodeBrokerUnavailable || !errors.Is(err, kerr.SaslAuthenticationFailed) || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%s: got %v, want %s and the broker's answer", what, err, core.CodeBrokerUnavailable)
		}
	}
	source := configured(t, k, target)
	for name, reading := range kinds() {
		_, err := source.Open(t.Context(), reading)
		refused(name, err)
	}
	for range 10 {
		refused("publish", publish(t, k, target))
	}
	most := 3 * (1 + int64(time.Since(began)/(5*time.Second))) // a refusal is remembered for 5 s
	if n := logins.Load(); n > most {
		t.Errorf("%d logins, want those at the same moment only, and again after 5 s", n)
	}
}
