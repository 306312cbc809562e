// Package cursor holds positions in Kafka: the text that clients see as message ids and
// cursors, and the vectors of offsets that readers work with.
//
// The text is topic@partition#offset; several partitions are t@0#4,1#7, several topics
// t@0#4;u@0#1, a topic of a named endpoint is endpoint!t@0#4. It means "received up to here":
// reading resumes at the offset after it, and #-1 is "nothing yet": t@0#-1 of a partition, #-1
// alone of a subscription that has no topic yet.
package cursor

import (
	"cmp"
	"slices"
	"strconv"
)

// nothing is the text of a position without a topic. It contains a character that base64 does not
// have, as every plain text does.
const nothing = "#-1"

// Cursor is a parsed position. The zero value is no position. It is immutable.
type Cursor struct {
	topics []topic // sorted by endpoint and name, each once
}

// topic is a part of a cursor. One without a name stands alone: nothing was received of any topic,
// and those that appear later are read from their beginning.
type topic struct {
	endpoint, name string
	partitions     []partition // sorted by id, each once, at least one
}

// Nothing is the position of a subscription that has no topic: a pattern that matches none yet.
func Nothing() Cursor { return Cursor{[]topic{{}}} }

type partition struct {
	id     int32
	offset int64 // of the last record received; -1: nothing yet
}

// IsZero reports whether there is no position.
func (c Cursor) IsZero() bool { return len(c.topics) == 0 }

// IsNothing reports whether the cursor is a position without a topic.
func (c Cursor) IsNothing() bool { return len(c.topics) == 1 && c.topics[0].name == "" }

// String is the canonical text: topics by name, partitions by number.
func (c Cursor) String() string { return string(c.Append(nil)) }

// Append appends the canonical text.
func (c Cursor) Append(dst []byte) []byte {
	for i, t := range c.topics {
		if i > 0 {
			dst = append(dst, ';')
		}
		if t.endpoint != "" {
			dst = append(dst, t.endpoint...)
			dst = append(dst, '!')
		}
		if t.name == "" {
			dst = append(dst, nothing...)
		}
		dst = append(dst, t.name...)
		for j, p := range t.partitions {
			dst = appendPartition(dst, j == 0, int64(p.id), p.offset)
		}
	}
	return dst
}

func appendPartition(dst []byte, first bool, id, offset int64) []byte {
	if first {
		dst = append(dst, '@')
	} else {
		dst = append(dst, ',')
	}
	dst = strconv.AppendInt(dst, id, 10)
	dst = append(dst, '#')
	return strconv.AppendInt(dst, offset, 10)
}

// Next is the offset at which reading a partition resumes. A partition that the cursor does
// not name was created later, and starts at 0, if its number is higher than every named one of
// its topic; for any other ok is false.
func (c Cursor) Next(name string, id int32) (next int64, ok bool) {
	i, found := c.find(name)
	if !found {
		return 0, true
	}
	partitions := c.topics[i].partitions
	j, found := slices.BinarySearchFunc(partitions, id, func(p partition, id int32) int {
		return cmp.Compare(p.id, id)
	})
	switch {
	case found:
		return partitions[j].offset + 1, true
	case j == len(partitions):
		return 0, true
	}
	return 0, false
}

// Names reports whether the cursor names the partition.
func (c Cursor) Names(name string, id int32) bool {
	i, found := c.find(name)
	return found && slices.ContainsFunc(c.topics[i].partitions, func(p partition) bool { return p.id == id })
}

func (c Cursor) find(name string) (int, bool) {
	return slices.BinarySearchFunc(c.topics, name, func(t topic, name string) int {
		return cmp.Or(cmp.Compare(t.endpoint, ""), cmp.Compare(t.name, name))
	})
}

// Topics are the names of the topics, sorted; those of named endpoints are left out.
func (c Cursor) Topics() []string {
	var names []string
	for _, t := range c.topics {
		if t.endpoint == "" && t.name != "" {
			names = append(names, t.name)
		}
	}
	return names
}

// Resume is where reading goes on in the partitions of a topic; nil unless the cursor names each of
// them from 0 on, as ids do.
func (c Cursor) Resume(name string) []int64 {
	i, found := c.find(name)
	if !found {
		return nil
	}
	var next []int64
	for k, p := range c.topics[i].partitions {
		if int(p.id) != k {
			return nil
		}
		next = append(next, p.offset+1)
	}
	return next
}

// Without gives a copy that does not name the topics that gone reports. Topics of named endpoints
// stay.
func (c Cursor) Without(gone func(name string) bool) Cursor {
	return Cursor{slices.DeleteFunc(slices.Clone(c.topics), func(t topic) bool {
		return t.endpoint == "" && t.name != "" && gone(t.name)
	})}
}

// with gives a copy in which one partition stands at another offset.
func (c Cursor) with(name string, id int32, offset int64) Cursor {
	if c.IsNothing() {
		c = Cursor{}
	}
	topics := slices.Clone(c.topics)
	i, found := c.find(name)
	if !found {
		topics = slices.Insert(topics, i, topic{name: name})
	}
	partitions := slices.Clone(topics[i].partitions)
	j, found := slices.BinarySearchFunc(partitions, id, func(p partition, id int32) int {
		return cmp.Compare(p.id, id)
	})
	if found {
		partitions[j].offset = offset
	} else {
		partitions = slices.Insert(partitions, j, partition{id, offset})
	}
	topics[i].partitions = partitions
	return Cursor{topics}
}
