package cluster

import (
	"context"
	"errors"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// probe asks every known broker, until one answers, on the shared client. It dials where it must.
func (c *Cluster) probe(ctx context.Context) error {
	client, err := c.adminClient()
	if err != nil {
		return err
	}
	_, err = ask(ctx, c, func() (struct{}, error) {
		if err := ping(ctx, client); err == nil || ctx.Err() != nil {
			return struct{}{}, err
		}
		// Perhaps only old connections were dead, to a broker that is back: dial.
		return struct{}{}, ping(ctx, client)
	})
	return err
}

// ping gives each broker a request of its own: the library's Ping sends one to all, and the
// goroutine of a broker that failed may still look at it (seen by the race detector, 1.22.2).
func ping(ctx context.Context, client *kgo.Client) error {
	var failed error
	for _, broker := range append(client.DiscoveredBrokers(), client.SeedBrokers()...) {
		req := kmsg.NewPtrMetadataRequest()
		req.Topics = []kmsg.MetadataRequestTopic{}
		_, err := broker.Request(ctx, req)
		if err == nil || ctx.Err() != nil {
			return err
		}
		failed = errors.Join(failed, err)
	}
	return failed
}
