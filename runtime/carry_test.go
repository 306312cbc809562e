package runtime

import (
	"encoding/json"
	"testing"
)

// purchase knows less than the messages below hold.
type purchase struct {
	ID       string   `json:"id"`
	Quantity *int     `json:"quantity,omitempty"`
	Amount   int      `json:"amount"`
	Customer *buyer   `json:"customer,omitempty"`
	Lines    []line   `json:"lines,omitempty"`
	Tags     []string `json:"tags,omitempty"`
}

type buyer struct {
	Name string `json:"name"`
}

type line struct {
	SKU string `json:"sku"`
}

func TestCarryKeepsWhatTheTypeDoesNotKnow(t *testing.T) {
	two := 2
	for name, c := range map[string]struct {
		original string
		change   func(*purchase)
		want     string
	}{
		"a value": {
			`{"zone":"eu","id":"a","quantity":1}`, func(o *purchase) { o.Quantity = &two },
			`{"zone":"eu","id":"a","quantity":2}`,
		},
		"what was not sent is not added": {
			`{"id":"a"}`, func(o *purchase) { o.ID = "b" }, `{"id":"b"}`,
		},
		"a property that is taken away": {
			`{"id":"a","quantity":1,"zone":"eu"}`, func(o *purchase) { o.Quantity = nil }, `{"id":"a","zone":"eu"}`,
		},
		"a property that is new": {
			`{"id":"a","zone":"eu"}`, func(o *purchase) { o.Customer = &buyer{"Ada"} },
			`{"id":"a","zone":"eu","customer":{"name":"Ada"}}`,
		},
		"inside an object": {
			`{"id":"a","customer":{"name":"Ada","vip":true}}`, func(o *purchase) { o.Customer.Name = "Bob" },
			`{"id":"a","customer":{"name":"Bob","vip":true}}`,
		},
		"a list that grows": {
			`{"id":"a","lines":[{"sku":"1","note":"x"}]}`, func(o *purchase) { o.Lines = append(o.Lines, line{"2"}) },
			`{"id":"a","lines":[{"sku":"1","note":"x"},{"sku":"2"}]}`,
		},
		"items that change places take nothing from each other": {
			`{"id":"a","lines":[{"sku":"1","note":"x"},{"sku":"2","note":"y"}]}`,
			func(o *purchase) { o.Lines[0], o.Lines[1] = o.Lines[1], o.Lines[0] },
			`{"id":"a","lines":[{"sku":"2"},{"sku":"1"}]}`,
		},
		"digits beyond float64": {
			`{"id":"a","serial":9007199254740993,"rate":1.10}`, func(o *purchase) { o.ID = "b" },
			`{"id":"b","serial":9007199254740993,"rate":1.10}`,
		},
		"a name in other letters": {
			`{"ID":"a","zone":"eu"}`, func(o *purchase) { o.ID = "b" }, `{"ID":"b","zone":"eu"}`,
		},
		"signs of HTML": {
			`{"id":"a","html":"<&>"}`, func(o *purchase) { o.ID = "<b>" }, `{"id":"\u003cb\u003e","html":"<&>"}`,
		},
		"null that becomes an object": {
			`{"customer":null,"id":"a"}`, func(o *purchase) { o.Customer = &buyer{"Ada"} }, `{"customer":{"name":"Ada"},"id":"a"}`,
		},
		"null is a value": {
			`{"id":"a","customer":null,"zone":null}`, func(o *purchase) { o.ID = "b" }, `{"id":"b","customer":null,"zone":null}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			var o purchase
			if err := json.Unmarshal([]byte(c.original), &o); err != nil {
				t.Fatal(err)
			}
			before, err := json.Marshal(o)
			if err != nil {
				t.Fatal(err)
			}
			c.change(&o)
			after, err := json.Marshal(o)
			if err != nil {
				t.Fatal(err)
			}
			if got := carry([]byte(c.original), before, after); string(got) != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// FuzzCarry holds that a type which knows everything is not disturbed by what was sent.
func FuzzCarry(f *testing.F) {
	f.Add([]byte(`{"a":[1,{"b":2}],"c":null}`), []byte(`{"a":[1,{"b":3}],"d":"x"}`))
	f.Fuzz(func(t *testing.T, before, after []byte) {
		var was, is any
		if json.Unmarshal(before, &was) != nil || json.Unmarshal(after, &is) != nil {
			return
		}
		want, err := json.Marshal(is)
		if err != nil {
			return
		}
		from, err := json.Marshal(was)
		if err != nil {
			return
		}
		text := carry(from, from, want)
		var got any
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatal(err)
		}
		if again, err := json.Marshal(got); err != nil || string(again) != string(want) {
			t.Errorf("from %s: got %s, want %s", from, again, want)
		}
	})
}
