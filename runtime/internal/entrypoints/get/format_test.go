package get

import (
	"testing"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints/entrypointstest"
)

// TestContents is every kind of payload, with headers and metadata.
func TestContents(t *testing.T) {
	r := newRig(t, `{"qos":"none","messagesLimitCount":5,"headersInPayload":true,"metadataInPayload":true}`, nil)
	rec := entrypointstest.Record(7, `{"a": "é"}`)
	rec.Key = []byte("k\"1")
	rec.Headers = []core.Header{{Name: "a", Value: []byte("1")}, {Name: "b\n", Value: []byte("\xff")}, {Name: "a", Value: []byte("2")}}
	binary := entrypointstest.Record(8, "\xff\x00")
	binary.Key = []byte("\xfe")
	tombstone := entrypointstest.Record(9, "")
	tombstone.Value = nil
	r.stream.Push(rec, nil, binary, tombstone, entrypointstest.Record(10, ""), entrypointstest.Record(11, "\"\xff\""))
	_, _, body := r.get(t, "")
	meta := func(offset, ms, key string) string {
		return `"metadata":{"topic":"orders","partition":0,"offset":` + offset + `,"sourceTimestamp":` + ms + key + `}}`
	}
	want := `{"items":[` +
		`{"id":"b3JkZXJzQDAjNw==","content":{"a": "é"},"headers":{"a":["1","2"],"b\n":["\ufffd"]},` + meta("7", "1769860807000", `,"key":"k\"1"`) + `,` +
		`{"id":"b3JkZXJzQDAjOA==","content":"/wA=","encoding":"base64","headers":{},` + meta("8", "1769860808000", `,"keyBytes":"/g=="`) + `,` +
		`{"id":"b3JkZXJzQDAjOQ==","content":null,"headers":{},` + meta("9", "1769860809000", "") + `,` +
		`{"id":"b3JkZXJzQDAjMTA=","content":"","headers":{},` + meta("10", "1769860810000", "") + `,` +
		`{"id":"b3JkZXJzQDAjMTE=","content":"Iv8i","encoding":"base64","headers":{},` + meta("11", "1769860811000", "") +
		`],"pagination":{"nextCursor":"b3JkZXJzQDAjMTE="}}` + "\n"
	if body != want {
		t.Errorf("\n got %s\nwant %s", body, want)
	}
}

func TestTextStaysTextByContentType(t *testing.T) {
	r := newRig(t, `{"qos":"none","messagesLimitCount":1}`, func(r *rig) {
		r.op.Subscribe.Payload.ContentTypes = []string{"text/plain"}
		entrypointstest.PlainIDs(r.op)
	}, "1")
	want := `{"items":[{"id":"orders@0#0","content":"1"}],"pagination":{"nextCursor":"orders@0#0"}}` + "\n"
	if _, _, body := r.get(t, ""); body != want {
		t.Errorf("\n got %s\nwant %s", body, want)
	}
}

func TestXML(t *testing.T) {
	r := newRig(t, `{"qos":"none","messagesLimitCount":3,"headersInPayload":true,"metadataInPayload":true}`, nil)
	rec := entrypointstest.Record(0, "<a>&\r\"")
	rec.Key, rec.Headers = []byte("k"), []core.Header{{Name: "x\"\t\r\ny", Value: []byte("\x01")}}
	tombstone := entrypointstest.Record(1, "")
	tombstone.Value = nil
	r.stream.Push(rec, tombstone, entrypointstest.Record(2, "\x00"))
	_, header, body := r.get(t, "?limit=7", "Accept", "application/xml")
	want := `<?xml version="1.0" encoding="UTF-8"?>` + "\n" +
		`<response><items><item><id>b3JkZXJzQDAjMA==</id><content>&lt;a&gt;&amp;&#13;&#34;</content>` +
		"<headers><header name=\"x&#34;&#9;&#13;&#10;y\">\ufffd</header></headers>" +
		`<metadata><topic>orders</topic><partition>0</partition><offset>0</offset><sourceTimestamp>1769860800000</sourceTimestamp><key>k</key></metadata></item>` +
		`<item><id>b3JkZXJzQDAjMQ==</id><content null="true"/><headers></headers>` +
		`<metadata><topic>orders</topic><partition>0</partition><offset>1</offset><sourceTimestamp>1769860801000</sourceTimestamp></metadata></item>` +
		`<item><id>b3JkZXJzQDAjMg==</id><content encoding="base64">AA==</content><headers></headers>` +
		`<metadata><topic>orders</topic><partition>0</partition><offset>2</offset><sourceTimestamp>1769860802000</sourceTimestamp></metadata></item>` +
		`</items><pagination><nextCursor>b3JkZXJzQDAjMg==</nextCursor><limit>3</limit></pagination></response>` + "\n"
	if body != want || header.Get("Content-Type") != "application/xml" {
		t.Errorf("%s\n got %s\nwant %s", header.Get("Content-Type"), body, want)
	}
}

func TestText(t *testing.T) {
	r := newRig(t, `{"qos":"none","messagesLimitCount":3,"messagesLimitDurationMs":20,"headersInPayload":true,"metadataInPayload":true}`, nil)
	rec := entrypointstest.Record(0, "a")
	rec.Key, rec.Headers = []byte("k"), []core.Header{{Name: "x", Value: []byte("1")}, {Name: "y", Value: []byte("2\xff")}}
	r.stream.Push(rec, entrypointstest.Record(1, "\xff"))
	r.stream.Fail(core.NewError(core.CodeReadTimeout, ""))
	_, header, body := r.get(t, "?limit=3", "Accept", "text/plain")
	want := "items\n" +
		"item\nid: b3JkZXJzQDAjMA==\ncontent: a\nheaders: {x=[1], y=[2\ufffd]}\nmetadata: {topic=orders, partition=0, offset=0, sourceTimestamp=1769860800000, key=k}\n\n" +
		"item\nid: b3JkZXJzQDAjMQ==\ncontent: /w==\nencoding: base64\nheaders: {}\nmetadata: {topic=orders, partition=0, offset=1, sourceTimestamp=1769860801000}\n\n" +
		"error\ntitle: Kafka did not answer in time\nstatus: 504\ndetail: Kafka did not answer in time\ncode: FAILURE_READ_TIMEOUT\n\n" +
		"pagination\nnextCursor: b3JkZXJzQDAjMQ==\nlimit: 3\n"
	if body != want || header.Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("%s\n got %s\nwant %s", header.Get("Content-Type"), body, want)
	}
}
