package post

import (
	"net/http"
	"strings"
)

// wantsMinimal reports whether the request prefers an answer without a receipt:
// "Prefer: return=minimal" (RFC 7240).
func wantsMinimal(h http.Header) bool {
	for _, header := range h["Prefer"] {
		for preference := range strings.SplitSeq(header, ",") {
			name, _, _ := strings.Cut(preference, ";")
			name, value, _ := strings.Cut(name, "=")
			if strings.EqualFold(strings.TrimSpace(name), "return") {
				return strings.EqualFold(strings.Trim(strings.TrimSpace(value), `"`), "minimal")
			}
		}
	}
	return false
}
