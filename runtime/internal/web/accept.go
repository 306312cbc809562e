package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// The media types of what clients read: of an answer to http-get, the first one where nobody asks
// for another, and of Server-Sent Events.
const (
	JSON        = "application/json"
	XML         = "application/xml"
	Text        = "text/plain"
	EventStream = "text/event-stream"
)

// mediaRange is one element of an Accept header (RFC 9110, section 12.5.1).
type mediaRange struct {
	kind, subtype string // lower case; "*" for any
	quality       float64
	place         int // in the header
}

// matches reports whether a media type lies in the range.
func (m mediaRange) matches(mediaType string) bool {
	kind, subtype, _ := strings.Cut(mediaType, "/")
	return (m.kind == "*" || m.kind == kind) && (m.subtype == "*" || m.subtype == subtype)
}

// width is 0 for a media type, 1 for type/*, 2 for */*.
func (m mediaRange) width() int {
	width := 0
	if m.kind == "*" {
		width++
	}
	if m.subtype == "*" {
		width++
	}
	return width
}

// beats reports whether a range is wanted more than another: by its quality, then because it is
// narrower, then because it comes first.
func (m mediaRange) beats(other mediaRange) bool {
	if m.quality != other.quality {
		return m.quality > other.quality
	}
	if m.width() != other.width() {
		return m.width() < other.width()
	}
	return m.place < other.place
}

// Negotiate picks what an answer is made of: of the offers, best first, the one that the Accept
// header wants most. Without the header it is the first offer. Parameters other than q are
// passed over, elements that are malformed too.
//
// The error is 406 and names the offers.
func Negotiate(h http.Header, offers ...string) (string, error) {
	header := strings.Join(h.Values("Accept"), ",")
	if strings.TrimSpace(header) == "" {
		return offers[0], nil
	}
	ranges := parseAccept(header)
	best, chosen := "", mediaRange{}
	for _, offer := range offers {
		for _, m := range ranges { // narrow ones first: the first match decides about an offer
			if !m.matches(offer) {
				continue
			}
			if m.quality > 0 && (best == "" || m.beats(chosen)) {
				best, chosen = offer, m
			}
			break
		}
	}
	if best == "" {
		return "", core.NewError(core.CodeNotAcceptable,
			"the answer can be "+alternatives(offers)+", Accept is "+strconv.Quote(shorten(header)))
	}
	return best, nil
}

// WantsEventStream tells sse and http-get on one path apart: a client wants a stream if its Accept
// header names text/event-stream itself, and wants no answer of http-get more.
//
// The error is 406 and names what both have.
func WantsEventStream(h http.Header) (bool, error) {
	ranges := parseAccept(strings.Join(h.Values("Accept"), ","))
	stream := slices.IndexFunc(ranges, func(m mediaRange) bool { return m.width() == 0 && m.matches(EventStream) })
	if stream < 0 || ranges[stream].quality == 0 {
		_, err := Negotiate(h, JSON, XML, Text, EventStream)
		return false, err
	}
	for _, offer := range []string{JSON, XML, Text} {
		narrowest := slices.IndexFunc(ranges, func(m mediaRange) bool { return m.matches(offer) })
		if narrowest >= 0 && ranges[narrowest].quality > ranges[stream].quality {
			return false, nil
		}
	}
	return true, nil
}

// VaryByAccept tells caches that the answer depends on Accept, beside what it depends on already.
func VaryByAccept(h http.Header) {
	if !slices.Contains(h.Values("Vary"), "Accept") {
		h.Add("Vary", "Accept")
	}
}

// parseAccept reads the elements of an Accept header, narrow ranges first.
func parseAccept(header string) []mediaRange {
	var ranges []mediaRange
	for element := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(element, ";")
		kind, subtype, ok := strings.Cut(strings.ToLower(strings.TrimSpace(name)), "/")
		if !ok || kind == "" || subtype == "" || kind == "*" && subtype != "*" {
			continue
		}
		quality, ok := parseQuality(params)
		if ok {
			ranges = append(ranges, mediaRange{kind, subtype, quality, len(ranges)})
		}
	}
	slices.SortStableFunc(ranges, func(a, b mediaRange) int { return a.width() - b.width() })
	return ranges
}

// parseQuality finds the q parameter; it is 1 where there is none.
func parseQuality(params string) (float64, bool) {
	for param := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(param), "=")
		if !strings.EqualFold(strings.TrimSpace(name), "q") {
			continue
		}
		q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		return q, err == nil && q >= 0 && q <= 1
	}
	return 1, true
}

func alternatives(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// shorten keeps an echoed header from filling an answer.
func shorten(text string) string {
	const most = 200
	if len(text) <= most {
		return text
	}
	return text[:most] + "…"
}
