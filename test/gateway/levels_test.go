package gateway

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	ws "github.com/coder/websocket"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/test/harness"
)

// levels runs a test for each level that an entrypoint has in a direction.
func levels(t *testing.T, d endpoint.Direction, kinds []endpoint.Kind, run func(t *testing.T, kind endpoint.Kind, level endpoint.QoS)) {
	t.Helper()
	for _, kind := range kinds {
		for _, level := range endpoint.Matrix(kind, d) {
			t.Run(fmt.Sprintf("%s/%s", kind, level), func(t *testing.T) { run(t, kind, level) })
		}
	}
}

// startAt runs a gateway with one entrypoint, whose consumer begins at the earliest record.
func startAt(t *testing.T, kind endpoint.Kind, level endpoint.QoS, partitions int32) *rig {
	t.Helper()
	s := setupAt(kind, level)
	s.partitions = partitions
	return start(t, s)
}

func setupAt(kind endpoint.Kind, level endpoint.QoS) setup {
	var e endpoint.Entrypoint
	switch kind {
	case endpoint.HTTPPost:
		e = post(string(level))
	case endpoint.HTTPGet:
		e = get(string(level), long)
	case endpoint.SSE:
		e = sse(string(level))
	case endpoint.WebSocket:
		e = websocket(string(level))
	}
	return setup{
		operations: ops(operation("orders", e)),
		config:     `apis: { shop: { endpoints: { default: { sharedConfigurationOverride: { consumer: { autoOffsetReset: earliest } } } } } }`,
	}
}

// TestEveryLevelPublishes writes three records over each entrypoint that publishes, at each level
// that it has: they are in Kafka once and in order, and above none the receipts say where.
func TestEveryLevelPublishes(t *testing.T) {
	publishers := []endpoint.Kind{endpoint.HTTPPost, endpoint.WebSocket}
	levels(t, endpoint.Publishing, publishers, func(t *testing.T, kind endpoint.Kind, level endpoint.QoS) {
		r := startAt(t, kind, level, 1)
		receipts := publishOrders(r, kind, level, 3)
		for i, rec := range r.read(3) {
			if string(rec.Value) != order(i) {
				t.Errorf("record %d is %s", i, rec.Value)
			}
		}
		for i, receipt := range receipts {
			records, _ := json.Marshal(receipt["records"])
			id, _ := receipt["id"].(string)
			if want := fmt.Sprintf("%s@0#%d", r.topic, i); decoded(t, id) != want || !strings.Contains(string(records), fmt.Sprintf(`"offset":%d`, i)) {
				t.Errorf("receipt %d is %v", i, receipt)
			}
		}
		if end := r.endOffset(); end != 3 {
			t.Errorf("Kafka has %d records", end)
		}
	})
}

// publishOrders publishes n orders one after the other and gives their receipts; none at level none.
func publishOrders(r *rig, kind endpoint.Kind, level endpoint.QoS, n int) (receipts []map[string]any) {
	r.t.Helper()
	if kind == endpoint.WebSocket {
		s := r.dial("/orders", "penstock.v1")
		for i := range n {
			s.Send(fmt.Sprintf(`{"type":"publish","ref":"%d","content":%s}`, i, order(i)))
		}
		for i := 0; level != endpoint.None && len(receipts) < n; {
			frame := s.any()
			if frame["type"] != "receipt" { // a message: the socket subscribes too
				continue
			}
			if frame["ref"] != fmt.Sprint(i) {
				r.t.Errorf("receipt %d is %v", i, frame)
			}
			receipts = append(receipts, frame)
			i++
		}
		return receipts
	}
	for i := range n {
		got := r.post(order(i))
		if got.Status != 202 {
			r.t.Fatalf("got %d %s", got.Status, got.Body)
		}
		if level != endpoint.None {
			receipts = append(receipts, got.JSON(r.t))
		}
	}
	return receipts
}

// any reads a frame of penstock.v1, whatever its type.
func (s *socket) any() (frame map[string]any) {
	s.t.Helper()
	_, text, err := s.Receive()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(text), &frame); err != nil {
		s.t.Fatalf("%s: %v", text, err)
	}
	return frame
}

// endOffset is the end of partition 0 of the rig's topic.
func (r *rig) endOffset() int64 {
	r.t.Helper()
	ends, err := kadm.NewClient(r.kafka).ListEndOffsets(r.t.Context(), r.topic)
	if err != nil {
		r.t.Fatal(err)
	}
	end, _ := ends.Lookup(r.topic, 0)
	return end.Offset
}

// delivery is a record as a subscriber got it.
type delivery struct{ id, content string }

// subscriber reads records over one entrypoint. Its client identifier, and so its group, is the
// rig's topic.
type subscriber struct {
	next  func(n int) []delivery
	leave func()
}

// subscribe begins to read; cursor "" is none. The WebSocket acknowledges what it got where the
// level has acknowledgements.
func (r *rig) subscribe(kind endpoint.Kind, level endpoint.QoS, cursor string) subscriber {
	r.t.Helper()
	query := "/orders?X-Client-Identifier=" + r.topic
	if cursor != "" {
		query += "&cursor=" + url.QueryEscape(cursor)
	}
	switch kind {
	case endpoint.HTTPGet:
		return subscriber{next: func(n int) []delivery { return r.pull(query, n) }, leave: func() {}}
	case endpoint.SSE:
		s := r.Stream(query)
		return subscriber{
			next: func(n int) (got []delivery) {
				for range n {
					e := s.Event()
					got = append(got, delivery{e.ID, e.Data})
				}
				return got
			},
			leave: func() { s.Close(); r.alone(kind) },
		}
	}
	s := r.dial(query, "penstock.v1")
	return subscriber{
		next: func(n int) (got []delivery) {
			for range n {
				frame := s.frame("message")
				id, _ := frame["id"].(string)
				content, _ := json.Marshal(frame["content"])
				got = append(got, delivery{id, string(content)})
				if level == endpoint.AtLeastOnce {
					s.Send(`{"type":"ack","id":"` + id + `"}`)
				}
			}
			return got
		},
		leave: func() { _ = s.Conn.Close(ws.StatusNormalClosure, ""); r.alone(kind) },
	}
}

// alone waits until the gateway knows that its client left: at at-most-once it commits records
// for one that it believes to be there.
func (r *rig) alone(kind endpoint.Kind) {
	r.t.Helper()
	harness.Eventually(r.t, "no open stream", func() bool {
		_, text := r.adminGet("/metrics")
		return strings.Contains(text, fmt.Sprintf(`penstock_open_streams{api="shop",entrypoint=%q,operation="orders"} 0`, kind))
	})
}

// pull asks for pages until it has n records.
func (r *rig) pull(path string, n int) (got []delivery) {
	r.t.Helper()
	harness.Eventually(r.t, "enough pages", func() bool {
		page := r.Do("GET", fmt.Sprintf("%s&limit=%d", path, n-len(got)), "")
		if page.Status != 200 {
			r.t.Fatalf("got %d %s", page.Status, page.Body)
		}
		items, _ := page.JSON(r.t)["items"].([]any)
		for _, item := range items {
			fields, _ := item.(map[string]any)
			id, _ := fields["id"].(string)
			content, _ := json.Marshal(fields["content"])
			got = append(got, delivery{id, string(content)})
		}
		return len(got) >= n
	})
	return got
}

// committed is the offset that the group of the rig's clients has for partition 0; -1: none.
func (r *rig) committed() int64 {
	r.t.Helper()
	admin := kadm.NewClient(r.kafka)
	groups, err := admin.ListGroups(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	for _, group := range groups.Groups() {
		if !strings.HasSuffix(group, "."+r.topic) {
			continue
		}
		offsets, err := admin.FetchOffsets(r.t.Context(), group)
		if err != nil {
			r.t.Fatal(err)
		}
		if at, ok := offsets.Lookup(r.topic, 0); ok {
			return at.At
		}
	}
	return -1
}

var subscribers = []endpoint.Kind{endpoint.HTTPGet, endpoint.SSE, endpoint.WebSocket}

func wantOrders(t *testing.T, got []delivery, level endpoint.QoS, want ...int) {
	t.Helper()
	for i, d := range got {
		if d.content != order(want[i]) || (d.id != "") != level.IDs() {
			t.Fatalf("got %v, want the orders %v with ids %v", got, want, level.IDs())
		}
	}
}

// TestEveryLevelGoesOn reads over each entrypoint that subscribes, at each level that it has,
// leaves and comes back: levels with a group go on behind what was delivered.
func TestEveryLevelGoesOn(t *testing.T) {
	levels(t, endpoint.Subscribing, subscribers, func(t *testing.T, kind endpoint.Kind, level endpoint.QoS) {
		r := startAt(t, kind, level, 1)
		r.produce(order(0), order(1), order(2))
		first := r.subscribe(kind, level, "")
		got := first.next(3)
		wantOrders(t, got, level, 0, 1, 2)
		if level == endpoint.None {
			first.leave()
			wantOrders(t, r.subscribe(kind, level, got[0].id).next(2), level, 1, 2)
			if at := r.committed(); at != -1 {
				t.Errorf("level none committed %d", at)
			}
			return
		}
		if kind == endpoint.WebSocket && level == endpoint.AtLeastOnce {
			harness.Eventually(t, "the commit", func() bool { return r.committed() == 3 })
		}
		first.leave()
		harness.Eventually(t, "the commit", func() bool { return r.committed() == 3 })
		r.produce(order(3))
		wantOrders(t, r.subscribe(kind, level, "").next(1), level, 3)
	})
}

// TestEveryLevelResumes comes back with a cursor behind the committed offset: it wins, backwards
// too, but at at-most-once, where nothing comes twice, and at balanced, which has none.
func TestEveryLevelResumes(t *testing.T) {
	levels(t, endpoint.Subscribing, subscribers, func(t *testing.T, kind endpoint.Kind, level endpoint.QoS) {
		r := startAt(t, kind, level, 1)
		r.produce(order(0), order(1), order(2))
		first := r.subscribe(kind, level, "")
		got := first.next(3)
		first.leave()
		cursor := got[0].id
		switch level {
		case endpoint.None:
		case endpoint.Balanced:
			cursor = "ignored"
			fallthrough
		default:
			harness.Eventually(t, "the commit", func() bool { return r.committed() == 3 })
		}
		r.produce(order(3))
		want := []int{1, 2, 3}
		if level == endpoint.Balanced || level == endpoint.AtMostOnce {
			want = []int{3}
		}
		wantOrders(t, r.subscribe(kind, level, cursor).next(len(want)), level, want...)
	})
}

// TestEveryLevelRefusesForeignCursors: one of another topic, one that is malformed.
func TestEveryLevelRefusesForeignCursors(t *testing.T) {
	levels(t, endpoint.Subscribing, subscribers, func(t *testing.T, kind endpoint.Kind, level endpoint.QoS) {
		if level == endpoint.Balanced {
			return // ignores them
		}
		r := startAt(t, kind, level, 1)
		for _, cursor := range []string{"other@0#0", "nonsense", r.topic + "@0#7"} {
			path := "/orders?cursor=" + url.QueryEscape(cursor)
			if kind != endpoint.WebSocket {
				r.Do("GET", path, "").WantProblem(t, 400, "FAILURE_INVALID_CURSOR")
				continue
			}
			if _, response, err := r.tryDial(path, "penstock.v1"); err == nil || response.StatusCode != 400 {
				t.Errorf("%s: %v", cursor, err)
			}
		}
	})
}

// TestEveryLevelResumesSeveralTopics: the id of a Server-Sent Event names the position in every
// topic of its operation.
func TestEveryLevelResumesSeveralTopics(t *testing.T) {
	for _, level := range endpoint.Matrix(endpoint.SSE, endpoint.Subscribing) {
		if !level.IDs() {
			continue
		}
		t.Run(string(level), func(t *testing.T) {
			first, second := harness.UniqueTopic(), harness.UniqueTopic()
			r := start(t, setup{
				topic: first, operations: ops(operation("orders", sse(string(level)))),
				config: fmt.Sprintf(`apis: { shop: { endpoints: { default: { sharedConfigurationOverride: { consumer: { autoOffsetReset: earliest, topics: [%s, %s] } } } } } }`, first, second),
			})
			harness.CreateTopic(t, r.kafka, second, 2)
			r.produce(order(0), order(1))
			harness.Produce(r.t, r.kafka, &kgo.Record{Topic: second, Partition: 1, Value: []byte(order(2))})
			reader := r.subscribe(endpoint.SSE, level, "")
			got := reader.next(3)
			reader.leave()
			last := decoded(t, got[2].id)
			for _, position := range []string{first + "@0#1", second + "@0#-1,1#0"} {
				if !strings.Contains(last, position) {
					t.Errorf("the last id is %s, want %s in it", last, position)
				}
			}
			harness.Produce(r.t, r.kafka, &kgo.Record{Topic: second, Value: []byte(order(3))})
			s := r.Stream("/orders?X-Client-Identifier="+r.topic, "Last-Event-ID: "+got[2].id)
			s.WantData(order(3))
		})
	}
}

// TestPullOfALiveGroup: a pull would take the position from under the group's members.
func TestPullOfALiveGroup(t *testing.T) {
	for _, level := range []endpoint.QoS{endpoint.Balanced, endpoint.AtBest, endpoint.AtLeastOnce} {
		t.Run(string(level), func(t *testing.T) {
			r := startAt(t, endpoint.HTTPGet, level, 1)
			address := sha256.Sum256([]byte("127.0.0.1"))
			group := fmt.Sprintf("shop.orders.pull.%x.%s", address[:8], r.topic)
			harness.Kafka(t, r.brokers, kgo.ConsumerGroup(group), kgo.ConsumeTopics(r.topic))
			harness.Eventually(t, "a live group", func() bool {
				groups, err := kadm.NewClient(r.kafka).DescribeGroups(t.Context(), group)
				return err == nil && groups[group].State == "Stable"
			})
			r.Do("GET", "/orders?X-Client-Identifier="+r.topic, "").WantProblem(t, 409, "FAILURE_GROUP_IN_USE")
		})
	}
}
