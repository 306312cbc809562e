package override

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// login is an endpoint object with a JAAS text.
func login(mechanism, jaas string) string {
	escaped := strings.ReplaceAll(strings.ReplaceAll(jaas, `\`, `\\`), `"`, `\"`)
	return object(`"security":{"protocol":"SASL_PLAINTEXT","sasl":{"saslMechanism":"` + mechanism + `","saslJaasConfig":"` + escaped + `"}}`)
}

const (
	plainModule  = "org.apache.kafka.common.security.plain.PlainLoginModule"
	bearerModule = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule"
	kerberos     = "com.sun.security.auth.module.Krb5LoginModule"
)

// TestNoValueAddsAnOption sends what would end the value of an option.
func TestNoValueAddsAnOption(t *testing.T) {
	header := "{#request.headers['x'][0]}"
	inPlace := compile(t, given{object: login("PLAIN", plainModule+` required username="`+header+`" password="p";`)})
	byAttribute := compile(t, given{object: login("PLAIN", plainModule+` required username="u" password="p";`), attributes: []endpoint.Attribute{
		set(prefix+"security.sasl.saslJaasConfig", plainModule+` required username="`+header+`" password="p";`),
	}})
	for _, attack := range []string{
		`x" evil="y`, `x" password="mine`, `x"; ` + plainModule + ` required username="y" password="z`, `\`, `\"`, `x\" password=\"y`,
		"a\r\nb", "a\nusername=b", ";", "=", " ", "'", "a b", "/*", "//", "é", "{#secrets.get('/env/PASSWORD')}", strings.Repeat("x", 30_000),
	} {
		for name, o := range map[string]operation{"in place": inPlace, "attribute": byAttribute} {
			e, err := o.run(t, "x: "+attack)
			if err != nil {
				t.Errorf("%s %q: %v", name, attack, err)
				continue
			}
			got := map[string]string{}
			for _, option := range e.Target.Security.Login.Options {
				got[option.Name] += option.Value()
			}
			if diff := cmp.Diff(map[string]string{"username": attack, "password": "p"}, got); diff != "" {
				t.Errorf("%s %q: %s", name, attack, diff)
			}
		}
	}
}

func FuzzNoValueAddsAnOption(f *testing.F) {
	for _, attack := range []string{"", `x" evil="y`, `x"; a required b="c`, `\`, "a\r\nb", "{#api.name}", "\x00", "é"} {
		f.Add(attack)
	}
	o := compile(f, given{object: login("PLAIN", plainModule+` required username="{#request.headers['x'][0]}" password="p";`)})
	f.Fuzz(func(t *testing.T, attack string) {
		x := request(t)
		x.Request.Header["X"] = []string{attack}
		e, err := o.Evaluate(x)
		if err != nil {
			if attack != "" && utf8.ValidString(attack) {
				t.Fatalf("%q: %v", attack, err)
			}
			return
		}
		options := e.Target.Security.Login.Options
		if len(options) != 2 || options[0].Value() != attack || options[1].Value() != "p" {
			t.Errorf("%q: %d options, username %q", attack, len(options), options[0].Value())
		}
	})
}

func TestACallersToken(t *testing.T) {
	o := compile(t, given{object: login("OAUTHBEARER", bearerModule+` required access_token="{#request.headers['x']?.[0]}";`)})
	one, two := o.must(t, "x: a.b.c"), o.must(t, "x: d.e.f")
	if token, _ := one.Target.Security.Login.Get("access_token"); token != "a.b.c" {
		t.Errorf("token %q", token)
	}
	if one.Target.Key() == two.Target.Key() || !one.Requested {
		t.Errorf("targets %s and %s, Requested %v", one.Target.Key(), two.Target.Key(), one.Requested)
	}
	_, err := o.run(t) // null: the option is not written
	wants(t, err, core.CodeConfigurationInvalid, invalidText+`endpoint "default": security.sasl.saslJaasConfig: `+
		`line 1, column 1: access_token is missing: OAuthBearerLoginModule needs it, or sasl.oauthbearer.token.endpoint.url`)
	failing := compile(t, given{object: login("OAUTHBEARER", bearerModule+` required access_token="{#request.headers['x'][0]}";`)})
	_, err = failing.run(t)
	wants(t, err, core.CodeConfigurationInvalid, invalidText+"security.sasl.saslJaasConfig: option access_token: character 23: null has no items")
}

func TestAWholeTextIsParsedAfterItWasComputed(t *testing.T) {
	env := environment()
	env.Secrets = store{"/file/jaas": plainModule + ` required username="a" password="{#b}";`}
	o := compile(t, given{env: env, object: login("PLAIN", " {#secrets.get('/file/jaas')}")})
	e := o.must(t)
	if password, _ := e.Target.Security.Login.Get("password"); password != "{#b}" || e.Requested {
		t.Errorf("password %q, Requested %v", password, e.Requested)
	}
}

func TestOptionsThatAreJudged(t *testing.T) {
	text := kerberos + ` required useTicketCache="true" principal="{#request.headers['x'][0]}" serviceName="kafka";`
	for name, g := range map[string]given{
		"in place": {object: login("GSSAPI", text)},
		"attribute": {
			object:     login("GSSAPI", kerberos+` required useTicketCache="true" principal="a" serviceName="kafka";`),
			attributes: []endpoint.Attribute{set(prefix+"security.sasl.saslJaasConfig", text)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			where := map[string]string{
				"in place":  ` (/sharedConfigurationOverride/security/sasl/saslJaasConfig)`,
				"attribute": `orders.yaml:9:7: attribute "gravitee.attributes.endpoint.kafka.security.sasl.saslJaasConfig": `,
			}[name]
			want := `security.sasl.saslJaasConfig depends on a request: write what requests may choose, x-kafka-allow: { security.sasl.saslJaasConfig: [ … ] }`
			if name == "attribute" {
				want = where + want
			} else {
				want += where
			}
			if diff := cmp.Diff([]string{want}, compiles(t, g)); diff != "" {
				t.Error(diff)
			}
			g.allow = map[string][]string{"security.sasl.saslJaasConfig": {"team-*"}}
			o := compile(t, g)
			if principal, _ := o.must(t, "x: team-a").Target.Security.Login.Get("principal"); principal != "team-a" {
				t.Errorf("principal %q", principal)
			}
			_, err := o.run(t, "x: admin")
			wants(t, err, core.CodeNotAllowed, refusedText+"security.sasl.saslJaasConfig: the value of option principal is not allowed")
		})
	}
}

func TestLoginsThatCannotBeCompiled(t *testing.T) {
	for text, want := range map[string]string{
		"{#request.headers['x'][0]}":                                "saslJaasConfig as a whole depends on a request: write the login module, and expressions in its options",
		"{#api.name} required a=b;":                                 "an expression stands for the whole text or for the value of an option",
		`"{#api.name}" required a=b;`:                               "the login module cannot be an expression",
		plainModule + ` required "{#api.name}"=b;`:                  "the name of an option cannot be an expression",
		plainModule + ` required username="{#api.nme}";`:            `option username: character 7: #api has no property "nme": did you mean "name"?`,
		plainModule + ` required username="{#api.name}`:             `line 1, column 87: ";" is missing at the end`,
		plainModule + ` required username="{#message.content}";`:    "option username: character 2: #message exists only where a value is computed for each message",
		"{#request.headers['x'][0]} required username=x password=y": "an expression stands for the whole text or for the value of an option",
	} {
		got := compiles(t, given{object: login("PLAIN", text)})
		if len(got) == 0 || !strings.Contains(got[0], want) {
			t.Errorf("%s: got %q, want %s", text, got, want)
		}
	}
}
