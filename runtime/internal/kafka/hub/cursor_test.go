package hub

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func (r *rig) admin() *kadm.Client { return kadm.NewClient(r.producer) }

// cut deletes the records of a partition below an offset.
func (r *rig) cut(topic string, partition int32, offset int64) {
	r.t.Helper()
	offsets := kadm.Offsets{}
	offsets.AddOffset(topic, partition, offset, -1)
	resp, err := r.admin().DeleteRecords(context.Background(), offsets)
	must(r.t, err)
	must(r.t, resp.Error())
}

func TestCursorsThatAreRefused(t *testing.T) {
	r := newRig(t, withTopic(2, "t"))
	r.fill("t", 2, 0, 10)
	r.cut("t", 0, 5)
	tests := map[string]struct {
		reading qos.Reading
		code    core.Code
		detail  string
		oldest  string
	}{
		"malformed": {
			qos.Reading{Cursor: "x"},
			core.CodeInvalidCursor,
			"the cursor is malformed: want topic@partition#offset, plain or in base64", "",
		},
		"other topic": {
			qos.Reading{Cursor: "u@0#1"},
			core.CodeInvalidCursor,
			`the cursor names topic "u", which this operation does not read`, "",
		},
		"beyond the end": {
			qos.Reading{Cursor: "t@1#10"},
			core.CodeInvalidCursor,
			`the cursor is beyond the end of partition 1 of topic "t": it says offset 10, the next one to be written is 10`, "",
		},
		"below the log": {
			qos.Reading{Cursor: "t@0#3,1#2"},
			core.CodeCursorGone,
			`the cursor is older than the log: partition 0 of topic "t" starts at offset 5`, "t@0#4,1#2",
		},
		"no position": {
			qos.Reading{Reset: qos.NoReset},
			core.CodeNoInitialOffset,
			`partition 0 of topic "t" has no position to start from: give a cursor`, "",
		},
		"no position for a lower partition": {
			qos.Reading{Reset: qos.NoReset, Cursor: "t@1#3"},
			core.CodeNoInitialOffset,
			`partition 0 of topic "t" has no position to start from: give a cursor`, "",
		},
		"missing topic": {
			qos.Reading{Topics: []string{"t", "none"}, CheckTopic: true},
			core.CodeTopicNotFound,
			`topic "none" does not exist`, "",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if tt.reading.Topics == nil {
				tt.reading.Topics = []string{"t"}
			}
			_, err := r.tryOpen(tt.reading)
			var e *core.Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v", err)
			}
			equal(t, "code", e.Code, tt.code)
			equal(t, "detail", e.Detail, tt.detail)
			equal(t, "oldest", e.Oldest, tt.oldest)
		})
	}
	s := r.open(qos.Reading{Topics: []string{"t"}, Cursor: "t@0#4,1#2"})
	equal(t, "records from the oldest cursor", len(take(t, s, 12)), 12)
	idle(t, s)
}

func TestCursorWithinTheRingAsksNobody(t *testing.T) {
	r := newRig(t, withTopic(2, "t"), withHub(Config{TopicRefresh: patienceOfTests}))
	live := r.open(qos.Reading{Topics: []string{"t"}})
	r.fill("t", 2, 0, 10)
	take(t, live, 20)
	asked := r.hub.catalog.NextNumber()
	s := r.open(qos.Reading{Topics: []string{"t"}, Cursor: "t@0#6,1#8"})
	got := values(take(t, s, 4))
	slices.Sort(got)
	equal(t, "values", slices.Equal(got, []string{"7", "8", "9", "9"}), true)
	equal(t, "cursor", cursorOf(s), "t@0#9,1#9")
	equal(t, "listings", r.hub.catalog.NextNumber(), asked+1)
	idle(t, s)
}

func TestCursorOfEveryRecordResumesThere(t *testing.T) {
	r := newRig(t, withTopic(3, "t"))
	live := r.open(qos.Reading{Topics: []string{"t"}})
	r.fill("t", 3, 0, 5)
	for got := 0; got < 15; {
		batch, wake, err := live.Poll(2)
		must(t, err)
		if batch == nil {
			<-wake
			continue
		}
		for i := range batch.Len() {
			got++
			id := string(batch.AppendID(nil, i, true))
			s := r.open(qos.Reading{Topics: []string{"t"}, Cursor: id})
			equal(t, "cursor", cursorOf(s), string(batch.AppendID(nil, i, false)))
			if want := 15 - got; want > 0 {
				take(t, s, want)
			}
			idle(t, s)
		}
		equal(t, "cursor of the stream", cursorOf(live), string(batch.AppendID(nil, batch.Len()-1, false)))
	}
}

func TestReceiptIsACursor(t *testing.T) {
	r := newRig(t, withTopic(1, "t"))
	offset := r.put("t", 0, "a")
	r.put("t", 0, "b")
	s := r.open(qos.Reading{Topics: []string{"t"}, Cursor: "t@0#" + string(rune('0'+offset))})
	equal(t, "value", values(take(t, s, 1))[0], "b")
}

func TestHubFallsBelowTheLog(t *testing.T) {
	r := newRig(t, withTopic(1, "t"))
	s := r.open(qos.Reading{Topics: []string{"t"}})
	r.put("t", 0, "seen")
	take(t, s, 1)
	release := r.stallFetches()
	r.fill("t", 1, 1, 5)
	r.cut("t", 0, 4)
	release()
	_, err := tryTake(s, 1, patienceOfTests)
	var e *core.Error
	if !errors.As(err, &e) || e.Code != core.CodeCursorGone || e.Oldest != "t@0#3" {
		t.Fatalf("got %v", err)
	}
	again := r.open(qos.Reading{Topics: []string{"t"}, Cursor: e.Oldest})
	equal(t, "values", slices.Equal(values(take(t, again, 2)), []string{"4", "5"}), true)
}

func TestTransactions(t *testing.T) {
	r := newRig(t, withTopic(1, "t"))
	live := r.open(qos.Reading{Topics: []string{"t"}})
	writer, err := kgo.NewClient(kgo.SeedBrokers(r.broker.ListenAddrs()...), kgo.TransactionalID("x"), kgo.DefaultProduceTopic("t"))
	must(t, err)
	defer writer.Close()
	transact := func(value string, end kgo.TransactionEndTry) {
		t.Helper()
		must(t, writer.BeginTransaction())
		must(t, writer.ProduceSync(context.Background(), kgo.StringRecord(value)).FirstErr())
		must(t, writer.EndTransaction(context.Background(), end))
	}
	transact("a", kgo.TryCommit)       // 0, marker 1
	transact("aborted", kgo.TryAbort)  // 2, marker 3
	transact("b", kgo.TryCommit)       // 4, marker 5
	transact("aborted2", kgo.TryAbort) // 6, marker 7
	want := []string{"a", "b"}
	equal(t, "live", slices.Equal(values(take(t, live, 2)), want), true)

	other := newRigOn(t, r)
	s := other.open(qos.Reading{Topics: []string{"t"}, Reset: qos.Earliest})
	equal(t, "caught up", slices.Equal(values(take(t, s, 2)), want), true)
	idle(t, s)
	equal(t, "joined the feed, markers at the end notwithstanding", following(t, s), true)
	equal(t, "cursor after the markers", cursorOf(s), "t@0#7")
	for _, cursor := range []string{"t@0#0", "t@0#1", "t@0#2", "t@0#3"} {
		s := other.open(qos.Reading{Topics: []string{"t"}, Cursor: cursor})
		equal(t, "after "+cursor, values(take(t, s, 1))[0], "b")
		idle(t, s)
	}
	// An open transaction holds everything after it back, and is no reason to lose it.
	must(t, writer.BeginTransaction())
	must(t, writer.ProduceSync(context.Background(), kgo.StringRecord("open")).FirstErr())
	r.put("t", 0, "behind")
	held := other.open(qos.Reading{Topics: []string{"t"}})
	equal(t, "latest is the last stable offset", cursorOf(held), "t@0#7")
	idle(t, held)
	must(t, writer.EndTransaction(context.Background(), kgo.TryCommit))
	equal(t, "released", slices.Equal(values(take(t, held, 2)), []string{"open", "behind"}), true)
}

func TestCodecsAndTombstones(t *testing.T) {
	codecs := map[string]kgo.CompressionCodec{
		"none": kgo.NoCompression(), "gzip": kgo.GzipCompression(), "snappy": kgo.SnappyCompression(),
		"lz4": kgo.Lz4Compression(), "zstd": kgo.ZstdCompression(),
	}
	for name, codec := range codecs {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, withTopic(1, "t"))
			live := r.open(qos.Reading{Topics: []string{"t"}})
			writer, err := kgo.NewClient(kgo.SeedBrokers(r.broker.ListenAddrs()...), kgo.ProducerBatchCompression(codec), kgo.DefaultProduceTopic("t"))
			must(t, err)
			defer writer.Close()
			must(t, writer.ProduceSync(context.Background(),
				&kgo.Record{Key: []byte("k"), Value: []byte("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), Headers: []kgo.RecordHeader{{Key: "h", Value: []byte("1")}, {Key: "h", Value: []byte("2")}}},
				&kgo.Record{Key: []byte("k"), Value: nil},
				&kgo.Record{Key: []byte("k"), Value: []byte{}},
			).FirstErr())
			for what, s := range map[string]qos.Stream{
				"live": live, "earliest": newRigOn(t, r).open(qos.Reading{Topics: []string{"t"}, Reset: qos.Earliest}),
			} {
				got := take(t, s, 3)
				equal(t, what, string(got[0].Value), "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
				equal(t, what+": headers", len(got[0].Headers), 2)
				equal(t, what+": header", got[0].Headers[1].Name+string(got[0].Headers[1].Value), "h2")
				equal(t, what+": tombstone", got[1].Value == nil, true)
				equal(t, what+": empty", got[2].Value != nil && len(got[2].Value) == 0, true)
			}
		})
	}
}
