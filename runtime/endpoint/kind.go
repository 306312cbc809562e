package endpoint

import "strings"

// Kind is the kind of an entrypoint, the web side of an operation.
type Kind string

// The entrypoints.
const (
	HTTPPost  Kind = "http-post"
	HTTPGet   Kind = "http-get"
	SSE       Kind = "sse"
	WebSocket Kind = "websocket"
	Webhook   Kind = "webhook"
)

// Kinds lists the entrypoints in the order in which descriptors hold them.
func Kinds() []Kind { return []Kind{HTTPPost, HTTPGet, SSE, WebSocket, Webhook} }

// QoS is a level of the quality of service.
type QoS string

// The levels, weakest first.
const (
	None        QoS = "none"
	Balanced    QoS = "balanced"
	AtBest      QoS = "at-best"
	AtMostOnce  QoS = "at-most-once"
	AtLeastOnce QoS = "at-least-once"
)

// Levels lists the levels, weakest first.
func Levels() []QoS { return []QoS{None, Balanced, AtBest, AtMostOnce, AtLeastOnce} }

// ParseQoS reads a level in any case, with "_" for "-" and "auto" for balanced.
func ParseQoS(text string) (QoS, bool) {
	q := QoS(strings.ReplaceAll(strings.ToLower(text), "_", "-"))
	if q == "auto" {
		return Balanced, true
	}
	for _, level := range Levels() {
		if q == level {
			return level, true
		}
	}
	return "", false
}

// IDs reports whether the level gives message ids and resumes from them.
func (q QoS) IDs() bool { return q != Balanced }

// Group reports whether the level reads as a consumer group.
func (q QoS) Group() bool { return q != None }
