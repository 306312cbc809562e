package jaas

import (
	"slices"
	"strings"
)

// module is what is known of a login module.
type module struct {
	class    string
	options  []string
	aliases  map[string]string // names that other clients have for options
	prefixes []string          // of names that options may have beside
	rules    rules
}

// The login modules of Kafka's Java client for user and password.
var (
	plain = module{
		class:   "org.apache.kafka.common.security.plain.PlainLoginModule",
		options: []string{"username", "password"},
		rules:   rules{needs: []string{"username", "password"}},
	}
	scram = module{
		class:   "org.apache.kafka.common.security.scram.ScramLoginModule",
		options: []string{"username", "password", "tokenauth"},
		rules:   rules{needs: []string{"username", "password"}},
	}
)

// modules lists the login modules that fit a SASL mechanism, the usual one first.
var modules = map[string][]module{
	"PLAIN":         {plain},
	"SCRAM-SHA-256": {scram},
	"SCRAM-SHA-512": {scram},
	"OAUTHBEARER":   {oauthBearer},
	"GSSAPI":        {kerberos, kerberosIBM},
	"AWS_MSK_IAM":   {msk},
}

// Served lists the SASL mechanisms that this version logs in with.
func Served() []string {
	return []string{"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER", "GSSAPI", "AWS_MSK_IAM"}
}

// Mechanism gives a SASL mechanism the name that Kafka has for it: SCRAM_SHA_256 is
// SCRAM-SHA-256. Names that are no mechanism stay.
func Mechanism(name string) string {
	if strings.HasPrefix(name, "SCRAM") {
		return strings.ReplaceAll(name, "_", "-")
	}
	return name
}

// Login parses a text for a SASL mechanism, as Kafka names it, and gives its only entry. The
// module fits the mechanism, takes every option that the text gives it, and has all that a login
// needs. Options that other clients name differently have their name in Kafka's Java client. The
// error is an *Error.
func Login(mechanism, text string) (Entry, error) {
	entries, err := Parse(text)
	if err != nil {
		return Entry{}, err
	}
	if len(entries) > 1 {
		return Entry{}, (&fault{entries[1].at, "a second login module: a client has one"}).in(text)
	}
	e := entries[0]
	fitting := modules[mechanism]
	if len(fitting) == 0 {
		return Entry{}, (&fault{e.at, "no login module is known for this SASL mechanism"}).in(text)
	}
	i := slices.IndexFunc(fitting, func(m module) bool { return m.class == e.Module })
	if i < 0 {
		return Entry{}, (&fault{e.at, unfit(mechanism, fitting[0], e.Module)}).in(text)
	}
	if wrong := fitting[i].admit(&e); wrong != nil {
		return Entry{}, wrong.in(text)
	}
	return e, nil
}

// admit checks the options of an entry, and gives aliases the name that the module has for them.
func (m module) admit(e *Entry) *fault {
	for i, o := range e.Options {
		if name, ok := m.aliases[o.Name]; ok {
			if _, twice := e.Get(name); twice {
				return &fault{o.at, "the option stands there twice: " + o.Name + " is " + name}
			}
			e.Options[i].Name = name
		} else if !m.takes(o.Name) {
			return &fault{o.at, m.unknown(o.Name)}
		}
	}
	return m.rules.check(*e)
}

// unfit says why a module is not the one of a mechanism. Only a known class is repeated.
func unfit(mechanism string, wanted module, class string) string {
	problem := "this is not the login module of saslMechanism " + mechanism
	for _, list := range modules {
		for _, m := range list {
			if m.class == class {
				problem = short(class) + " does not fit saslMechanism " + mechanism
			}
		}
	}
	return problem + ": write " + wanted.class
}

func (m module) takes(option string) bool {
	return slices.Contains(m.options, option) || slices.ContainsFunc(m.prefixes, func(prefix string) bool {
		return len(option) > len(prefix) && strings.HasPrefix(option, prefix)
	})
}

// unknown says what a module takes instead of an option, without repeating the option.
func (m module) unknown(option string) string {
	problem := short(m.class) + " has no such option"
	if near := nearest(option, m.options); near != "" {
		return problem + `: did you mean "` + near + `"?`
	}
	return problem + ": it takes " + strings.Join(m.options, ", ")
}

// short cuts the package off a class.
func short(class string) string { return class[strings.LastIndexByte(class, '.')+1:] }

// nearest finds the name that is at most two letters away, "" for none.
func nearest(word string, names []string) string {
	best, distance := "", 3
	for _, name := range names {
		if d := edits(strings.ToLower(word), strings.ToLower(name)); d < distance {
			best, distance = name, d
		}
	}
	return best
}

// edits counts the letters to insert, delete or replace. Words longer than any option are far.
func edits(a, b string) int {
	if len(a) > 64 {
		return len(a)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
