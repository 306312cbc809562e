package security

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"strings"
	"time"
)

// expiry reads when a JWT ends (RFC 7519, 4.1.4). Its signature is the broker's to check. A text
// that is no JWT, or has no exp, has no known end.
func expiry(token string) (time.Time, bool) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return time.Time{}, false
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return time.Time{}, false
	}
	var claims struct {
		Exp *float64 `json:"exp"`
	}
	if json.Unmarshal(payload, &claims) != nil || claims.Exp == nil || math.Abs(*claims.Exp) > maxUnix {
		return time.Time{}, false
	}
	return time.UnixMilli(int64(*claims.Exp * 1000)), true
}

// maxUnix is the end of the year 9999, in seconds: RFC 3339 ends there.
const maxUnix = 253402300799
