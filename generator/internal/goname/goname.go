// Package goname makes Go identifiers of the names that documents use.
package goname

import (
	"fmt"
	"go/token"
	"strconv"
	"strings"
	"unicode"
)

// initialisms are the words that Go writes in capitals.
var initialisms = map[string]bool{
	"ACL": true, "API": true, "CPU": true, "CSS": true, "DNS": true, "EOF": true, "GUID": true, "HTML": true,
	"HTTP": true, "HTTPS": true, "ID": true, "IP": true, "JSON": true, "RAM": true, "RPC": true, "SLA": true,
	"SQL": true, "SSE": true, "SSH": true, "TCP": true, "TLS": true, "TTL": true, "UDP": true, "UI": true,
	"UID": true, "URI": true, "URL": true, "UTF8": true, "UUID": true, "VM": true, "XML": true, "YAML": true,
}

// Exported makes an exported identifier of a text: "order-id" becomes OrderID.
//
// The result holds cased letters and digits only, so that no later stage changes it again. It is
// "" when the text has neither, and starts with a digit where the text does: callers that must
// have a name put one of their own before it, others refuse the text.
func Exported(text string) string {
	var b strings.Builder
	for _, word := range words(text) {
		if upper := strings.ToUpper(word); initialisms[upper] {
			b.WriteString(upper)
			continue
		}
		first := []rune(word)[0]
		b.WriteString(string(unicode.ToUpper(first)) + word[len(string(first)):])
	}
	return b.String()
}

// Unexported makes an unexported identifier of an exported one: OrderID becomes orderID, and
// HTTPStatus becomes httpStatus.
func Unexported(exported string) string {
	runes := []rune(exported)
	for i, r := range runes {
		next := i + 1
		if !unicode.IsUpper(r) || i > 0 && next < len(runes) && unicode.IsLower(runes[next]) {
			break
		}
		runes[i] = unicode.ToLower(r)
	}
	return string(runes)
}

// Legal reports whether a text may be declared as an identifier of a package without hiding
// what Go predeclares.
func Legal(name string) bool {
	return token.IsIdentifier(name) && !predeclared[name]
}

var predeclared = set(`any append bool byte cap clear close comparable complex complex128 complex64 copy delete
	error false float32 float64 imag int int16 int32 int64 int8 iota len make max min new nil panic print println
	real recover rune string true uint uint16 uint32 uint64 uint8 uintptr init main _`)

func set(list string) map[string]bool {
	m := map[string]bool{}
	for _, name := range strings.Fields(list) {
		m[name] = true
	}
	return m
}

// words splits at everything that is no letter or digit, and where a capital follows a small
// letter or starts a new word after capitals. Letters without case are written as their code
// point, because they could not start an exported name.
func words(text string) []string {
	var list []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			list = append(list, string(word))
			word = nil
		}
	}
	runes := []rune(text)
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush()
			continue
		case !unicode.IsUpper(r) && unicode.ToUpper(r) == r && (r < '0' || r > '9'):
			flush()
			list = append(list, fmt.Sprintf("U%04X", r))
			continue
		case unicode.IsUpper(r) && len(word) > 0:
			before := word[len(word)-1]
			if !unicode.IsUpper(before) || i+1 < len(runes) && unicode.IsLower(runes[i+1]) && !plural(runes[i:]) {
				flush()
			}
		}
		word = append(word, r)
	}
	flush()
	return list
}

// plural reports whether the text goes on with a last capital and a lone "s", as in IDs.
func plural(runes []rune) bool {
	return len(runes) >= 2 && runes[1] == 's' && (len(runes) == 2 || !unicode.IsLower(runes[2]))
}

// Set hands out identifiers that are unique in one scope. The zero value is empty.
type Set struct {
	taken map[string]bool
}

// Reserve takes names that others declare. It returns the first one that was taken before, or "".
func (s *Set) Reserve(names ...string) string {
	for _, name := range names {
		if s.taken[name] {
			return name
		}
		if s.taken == nil {
			s.taken = map[string]bool{}
		}
		s.taken[name] = true
	}
	return ""
}

// Free hands out the name, or the name with the lowest number from 2 that makes it new.
func (s *Set) Free(name string) string {
	candidate := name
	for n := 2; s.Reserve(candidate) != ""; n++ {
		candidate = name + strconv.Itoa(n)
	}
	return candidate
}
