package cluster

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// AllTopics asks a broker for all topics that the login may describe, with their ids and number of
// partitions; offsets are zero. Those that cannot be described at the moment are not in the answer.
// Errors are core.Errors.
func (c *Cluster) AllTopics(ctx context.Context) (map[string]*Topic, error) {
	client, err := c.adminClient()
	if err != nil {
		return nil, err
	}
	req := kmsg.NewPtrMetadataRequest() // without topics: all of them
	req.AllowAutoTopicCreation = false
	resp, err := ask(ctx, c, func() (*kmsg.MetadataResponse, error) { return req.RequestWith(ctx, client) })
	if err == nil {
		err = kerr.ErrorForCode(resp.ErrorCode)
	}
	if err != nil {
		return nil, Classify("list topics", err)
	}
	topics := make(map[string]*Topic, len(resp.Topics))
	for i := range resp.Topics {
		t := &resp.Topics[i]
		if t.Topic == nil || t.ErrorCode != 0 {
			continue
		}
		topics[*t.Topic] = &Topic{ID: t.TopicID, Partitions: make([]Partition, len(t.Partitions))}
	}
	return topics, nil
}

// NoMatchingTopic is the error for a pattern that no topic matches. The client does not see the
// pattern, which may say what others are allowed.
func NoMatchingTopic(op, pattern string) error {
	return &core.Error{
		Code: core.CodeTopicNotFound, Op: op, Detail: "no topic matches the topic pattern", Err: fmt.Errorf("pattern %q", pattern),
	}
}

// Some reports whether the group has committed a partition of one of the topics.
func (c Commits) Some(topics map[string]*Topic) bool {
	for name, t := range topics {
		for id := range t.Partitions {
			if _, ok := c.At(name, int32(id)); ok {
				return true
			}
		}
	}
	return false
}

// Listing says which topics there were at one moment. It is immutable.
type Listing struct {
	Number uint64 // rises with the time of the question; at least 1
	Asked  time.Time
	Topics map[string]*Topic
}

// Names lists the topics whose names match, sorted. Internal topics are not among them.
func (l *Listing) Names(match func(name string) bool) []string {
	var names []string
	for name := range l.Topics {
		if match(name) && !strings.HasPrefix(name, "__") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Catalog lists topics for those who choose them by pattern: many of them share one answer. Safe
// for concurrent use.
//
// Brokers do not learn of topics at the same moment. A topic that was listed once is left out
// only when it is missing from two answers, settle apart, so that one broker that lags behind does
// not make a reader leave a topic and read it again from its beginning.
type Catalog struct {
	all    func(context.Context) (map[string]*Topic, error)
	settle time.Duration

	mu      sync.Mutex
	number  uint64
	asking  chan struct{} // closed when the request under way is over; nil: there is none
	last    *Listing
	failed  time.Time // when the last request that failed was asked
	err     error     // its error
	missing map[string]time.Time
}

// NewCatalog makes a catalog. all is Cluster.AllTopics.
func NewCatalog(all func(context.Context) (map[string]*Topic, error), settle time.Duration) *Catalog {
	return &Catalog{all: all, settle: settle, missing: make(map[string]time.Time)}
}

// NextNumber takes a number for another question, in one order with those of the listings.
func (c *Catalog) NextNumber() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.number++
	return c.number
}

// List gives all topics by an answer that was asked for not longer ago than age; with 0, after
// the call began. Whoever comes while a request is under way that is too old waits for the next
// one. Errors are core.Errors.
func (c *Catalog) List(ctx context.Context, age time.Duration) (*Listing, error) {
	since := time.Now().Add(-age)
	for {
		l, wait, err := c.enter(since)
		if l != nil || err != nil {
			return l, err
		}
		if wait == nil {
			return c.request(ctx)
		}
		select {
		case <-wait:
		case <-ctx.Done():
			return nil, Classify("list topics", ctx.Err())
		}
	}
}

// enter gives what is known since a time, or what to wait for. With neither the caller asks.
func (c *Catalog) enter(since time.Time) (*Listing, <-chan struct{}, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.last != nil && !c.last.Asked.Before(since):
		return c.last, nil, nil
	case c.err != nil && !c.failed.Before(since):
		return nil, nil, c.err
	case c.asking != nil:
		return nil, c.asking, nil
	}
	c.asking = make(chan struct{})
	return nil, nil, nil
}

// request asks, for all who wait.
func (c *Catalog) request(ctx context.Context) (*Listing, error) {
	asked, number := time.Now(), c.NextNumber()
	found, err := c.all(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	close(c.asking)
	c.asking = nil
	if err != nil {
		if ctx.Err() == nil { // else the others ask themselves
			c.failed, c.err = asked, err
		}
		return nil, err
	}
	c.keep(asked, found)
	c.last = &Listing{Number: number, Asked: asked, Topics: found}
	return c.last, nil
}

// keep adds the topics of the last listing that may only be hidden.
func (c *Catalog) keep(asked time.Time, found map[string]*Topic) {
	if c.last == nil {
		return
	}
	for name, t := range c.last.Topics {
		since, missed := c.missing[name]
		switch {
		case found[name] != nil:
			delete(c.missing, name)
		case missed && asked.Sub(since) >= c.settle:
			delete(c.missing, name)
		default:
			found[name] = t
			if !missed {
				c.missing[name] = asked
			}
		}
	}
}
