package jaas

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
)

type example struct{ input, want string }

// examples reads testdata/cases.txt: what Java makes of each text.
func examples(t testing.TB) []example {
	t.Helper()
	data, err := os.ReadFile("testdata/cases.txt")
	if err != nil {
		t.Fatal(err)
	}
	var list []example
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSuffix(line, "\n")
		switch want, isWant := strings.CutPrefix(line, "   => "); {
		case strings.HasPrefix(line, "#"):
		case isWant:
			list[len(list)-1].want = want
		default:
			list = append(list, example{input: strings.ReplaceAll(line, `\N`, "\n")})
		}
	}
	if len(list) != 27 {
		t.Fatalf("%d cases, want 27", len(list))
	}
	return list
}

// shape writes entries as the cases do: an error in place of what it hides.
func shape(entries []Entry, failed bool) string {
	var b strings.Builder
	for i, e := range entries {
		b.WriteString(e.Module + "|" + e.Flag)
		for _, o := range e.Options {
			b.WriteString("|" + o.Name + "=" + strings.NewReplacer("\t", `\t`, "\n", `\n`).Replace(o.value))
		}
		if failed && i == len(entries)-1 {
			return b.String() + " ERR"
		}
		b.WriteString(" ; ")
	}
	return b.String()
}

func TestAsJava(t *testing.T) {
	for _, c := range examples(t) {
		entries, wrong := read(c.input)
		want, reason, fails := strings.Cut(c.want, " ERR ")
		if fails {
			want += " ERR"
		}
		if got := shape(entries, wrong != nil); got != want {
			t.Errorf("%s\n got %s\nwant %s", c.input, got, want)
		}
		if reason == "no semicolon" && !strings.Contains(wrong.problem, `";" is missing`) {
			t.Errorf("%s: got %q, want that the semicolon is missing", c.input, wrong.problem)
		}
	}
}

// TestAsJavaElsewhere holds the corners of StreamTokenizer that the cases leave out.
func TestAsJavaElsewhere(t *testing.T) {
	for input, want := range map[string]string{
		"a.B required p=\"x\n;":              "a.B|REQUIRED|p=x ; ",
		"a.B required /\nb=c\n d=e;":         "a.B|REQUIRED|d=e ; ",
		"a.B required /* *\n/ */ a=b;":       "a.B|REQUIRED|a=b ; ",
		`a.B required a="\477" b="\377\18";`: "a.B|REQUIRED|a='7|b=ÿ\x018 ; ",
		"a.B required a=b a=c;":              "a.B|REQUIRED|a=b|a=c ; ",
		"a.B required\ra=b\r\n;\t":           "a.B|REQUIRED|a=b ; ",
		"a.B \"required\" 'a'=b;":            "a.B|REQUIRED|a=b ; ",
		"a.B required a=\u0085;":             "a.B|REQUIRED ERR",
		"a.B required a=b/* c":               "a.B|REQUIRED|a=b ERR",
	} {
		entries, wrong := read(input)
		if got := shape(entries, wrong != nil); got != want {
			t.Errorf("%q: got %q, want %q", input, got, want)
		}
	}
	entries, err := Parse("a.B required a=b a=c;")
	if err != nil {
		t.Fatal(err)
	}
	if got, ok := entries[0].Get("a"); got != "c" || !ok {
		t.Errorf("got %q, %v, want the last value", got, ok)
	}
	if _, ok := entries[0].Get("absent"); ok {
		t.Error("an absent option is there")
	}
}

func TestParseRefuses(t *testing.T) {
	const quote = ` (a "/" outside quotes starts a comment: put values that hold one in quotes)`
	for input, want := range map[string]string{
		"":                                    "line 1, column 1: there is no login module",
		" // only a comment":                  "line 1, column 19: there is no login module",
		";":                                   "line 1, column 1: a login module belongs here",
		`"" required;`:                        "line 1, column 1: a login module belongs here",
		"geheim":                              "line 1, column 7: required, requisite, sufficient or optional belongs here",
		"a.B;":                                "line 1, column 4: required, requisite, sufficient or optional belongs here",
		"a.B geheim;":                         "line 1, column 1: the word after the login module is none of required, requisite, sufficient, optional",
		"KafkaClient { a.B required a=b; };":  "line 1, column 1: this is the form of a JAAS file: write the login module alone, without a name and braces around it",
		"a.B required\n  keyTab=/etc/geheim;": "line 2, column 3: the option has no value" + quote,
		"a.B required p=geheim/heim;":         `line 1, column 28: ";" is missing at the end` + quote,
		"a.B required p=geheim":               `line 1, column 22: ";" is missing at the end`,
		"a.B required p=ge'heim;":             `line 1, column 18: an option is written name=value: "=" is missing (put values with spaces, quotes or "=" in quotes)`,
		"a.B required p==geheim;":             "line 1, column 14: the option has no value",
		"a.B required p=geheim=;":             "line 1, column 22: the name of an option belongs here",
	} {
		_, err := Parse(input)
		var at *Error
		if !errors.As(err, &at) || err.Error() != want {
			t.Errorf("%q: got %v, want %s", input, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "heim") {
			t.Errorf("%q: the error repeats the text: %v", input, err)
		}
	}
}

func TestLogin(t *testing.T) {
	for _, tt := range []struct{ mechanism, text, want string }{
		{"PLAIN", plain.class + ` required username=a password=b;`, ""},
		{"SCRAM-SHA-256", scram.class + ` required username=a password=b tokenauth=true;`, ""},
		{"SCRAM-SHA-512", scram.class + ` required username=a password=b;`, ""},
		{"OAUTHBEARER", oauthBearer.class + ` required access_token=t extension_logicalCluster=l;`, ""},
		{"GSSAPI", kerberosIBM.class + ` required useKeyTab=true keyTab="/k" serviceName=kafka;`, ""},
		{"GSSAPI", kerberos.class + ` required useKeyTab=true;`, "line 1, column 1: serviceName is missing: Krb5LoginModule needs it"},
		{"GSSAPI", kerberos.class + ` required serviceName=kafka;`, "line 1, column 1: useKeyTab is missing: Krb5LoginModule needs it, or useTicketCache"},
		{"GSSAPI", kerberos.class + ` required serviceName=kafka keyTab="/k";`, "line 1, column 73: useKeyTab is missing: keyTab needs it"},
		{"GSSAPI", kerberos.class + ` required serviceName=kafka useFirstPass=true;`, "line 1, column 73: " + unservedPassword},
		{"GSSAPI", kerberos.class + ` required keytab="/k";`, `line 1, column 55: Krb5LoginModule has no such option: did you mean "keyTab"?`},
		{"AWS_MSK_IAM", msk.class + ` required awsProfileName=p;`, ""},
		{"AWS_MSK_IAM", msk.class + ` required;`, ""},
		{"AWS_MSK_IAM", msk.class + ` required awsRoleArn="arn" awsRoleAccessKeyId=a awsRoleSecretAccessKey=b awsRoleSessionToken=c;`, ""},
		{"AWS_MSK_IAM", msk.class + ` required awsRoleAccessKeyId=a awsRoleSecretAccessKey=b;`, "line 1, column 54: awsRoleArn is missing: awsRoleAccessKeyId needs it"},
		{"AWS_MSK_IAM", msk.class + ` required awsRoleArn=a awsRoleAccessKeyId=a;`, "line 1, column 67: awsRoleSecretAccessKey is missing: awsRoleAccessKeyId needs it"},
		{"AWS_MSK_IAM", msk.class + ` required awsRoleArn=a awsProfileName=p;`, "line 1, column 54: awsProfileName and awsRoleArn exclude each other"},
		{"AWS_MSK_IAM", msk.class + ` required awsDebugCreds=true;`, "line 1, column 54: identities are not written to the log: ask AWS with aws sts get-caller-identity"},
		{"PLAIN", scram.class + ` required username=a password=b;`, "line 1, column 1: ScramLoginModule does not fit saslMechanism PLAIN: write " + plain.class},
		{"PLAIN", `PlainLoginModule required username=a password=b;`, "line 1, column 1: this is not the login module of saslMechanism PLAIN: write " + plain.class},
		{"PLAIN", plain.class + ` required user=a;`, "line 1, column 66: PlainLoginModule has no such option: it takes username, password"},
		{"PLAIN", plain.class + ` required userName=a;`, `line 1, column 66: PlainLoginModule has no such option: did you mean "username"?`},
		{"OAUTHBEARER", oauthBearer.class + " required\naccess_tokken=a;", `line 2, column 1: OAuthBearerLoginModule has no such option: did you mean "access_token"?`},
		{"OAUTHBEARER", oauthBearer.class + " required extension_=a;", "line 1, column 78: OAuthBearerLoginModule has no such option: it takes " + strings.Join(oauthBearer.options, ", ")},
		{"PLAIN", plain.class + ` required; a.B required;`, "line 1, column 67: a second login module: a client has one"},
		{"DIGEST-MD5", plain.class + ` required;`, "line 1, column 1: no login module is known for this SASL mechanism"},
		{"PLAIN", plain.class + ` required username=a;`, "line 1, column 1: password is missing: PlainLoginModule needs it"},
		{"SCRAM-SHA-512", scram.class + ` required username="" password=b;`, "line 1, column 1: username is missing: ScramLoginModule needs it"},
		{"OAUTHBEARER", oauthBearer.class + ` required;`, "line 1, column 1: access_token is missing: OAuthBearerLoginModule needs it, or sasl.oauthbearer.token.endpoint.url"},
		{"OAUTHBEARER", oauthBearer.class + ` required access_token="";`, "line 1, column 1: access_token is missing: OAuthBearerLoginModule needs it, or sasl.oauthbearer.token.endpoint.url"},
		{"OAUTHBEARER", oauthBearer.class + ` required access_token=a clientSecret=b;`, "line 1, column 93: access_token and clientSecret exclude each other"},
		{"OAUTHBEARER", oauthBearer.class + ` required clientId=a;`, "line 1, column 78: sasl.oauthbearer.token.endpoint.url is missing: clientId needs it"},
		{"OAUTHBEARER", oauthBearer.class + ` required oauth.token.endpoint.uri="https://a" oauth.client.id=b;`, "line 1, column 78: clientSecret is missing: sasl.oauthbearer.token.endpoint.url needs it"},
		{"OAUTHBEARER", oauthBearer.class + ` required oauth.client.id=b clientId=b;`, "line 1, column 78: the option stands there twice: oauth.client.id is clientId"},
		{"OAUTHBEARER", oauthBearer.class + ` required ssl.truststore.location=b access_token=a;`, "line 1, column 78: sasl.oauthbearer.token.endpoint.url is missing: ssl.truststore.location needs it"},
		{"OAUTHBEARER", oauthBearer.class + ` required unsecuredLoginStringClaim_sub=a;`, "line 1, column 78: unsecured tokens are not made: write access_token, or sasl.oauthbearer.token.endpoint.url, clientId and clientSecret"},
		{"PLAIN", "x", "line 1, column 2: required, requisite, sufficient or optional belongs here"},
	} {
		e, err := Login(tt.mechanism, tt.text)
		switch {
		case tt.want == "":
			if err != nil || e.Module == "" {
				t.Errorf("%s: got %v, %v", tt.text, e, err)
			}
		case err == nil || err.Error() != tt.want:
			t.Errorf("%s: got %v, want %s", tt.text, err, tt.want)
		}
	}
}

// TestLoginNames: what Kafka's own client, Kafka's properties and Strimzi call an option is one option.
func TestLoginNames(t *testing.T) {
	for _, text := range []string{
		` required sasl.oauthbearer.token.endpoint.url="https://a/t" clientId=b clientSecret=c scope=d;`,
		` required sasl.oauthbearer.token.endpoint.url="https://a/t" sasl.oauthbearer.client.credentials.client.id=b sasl.oauthbearer.client.credentials.client.secret=c sasl.oauthbearer.scope=d;`,
		` required oauth.token.endpoint.uri="https://a/t" oauth.client.id=b oauth.client.secret=c oauth.scope=d;`,
	} {
		e, err := Login("OAUTHBEARER", oauthBearer.class+text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		const want = ` required sasl.oauthbearer.token.endpoint.url="https://a/t" clientId="b" clientSecret="c" scope="d";`
		if got := Format(e); got != oauthBearer.class+want {
			t.Errorf("%s: got %s", text, got)
		}
	}
}

func TestMechanism(t *testing.T) {
	for name, want := range map[string]string{"SCRAM_SHA_256": "SCRAM-SHA-256", "SCRAM_SHA-512": "SCRAM-SHA-512", "AWS_MSK_IAM": "AWS_MSK_IAM", "PLAIN": "PLAIN"} {
		if got := Mechanism(name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

func TestValuesAreNotPrinted(t *testing.T) {
	e, err := Login("PLAIN", plain.class+` required username=alice password=geheim;`)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	for _, printed := range []string{fmt.Sprintf("%v %+v %#v", e, e, e), fmt.Sprintf("%v %+v %#v", &e, e.Options, e.Options[1]), string(encoded)} {
		if strings.Contains(printed, "geheim") || strings.Contains(printed, "alice") {
			t.Errorf("printed %s", printed)
		}
	}
	if got, _ := e.Get("password"); got != "geheim" || e.Options[1].Value() != "geheim" {
		t.Errorf("the password is lost: %q", got)
	}
}

// FuzzParse: no panic, no endless loop, places inside the text, and quoting what was read gives
// the same entries again.
func FuzzParse(f *testing.F) {
	for _, c := range examples(f) {
		f.Add(c.input)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ToValidUTF8(text, "?")
		entries, err := Parse(text)
		var at *Error
		if err != nil {
			if !errors.As(err, &at) || at.Line < 1 || at.Column < 1 || at.Line > strings.Count(text, "\n")+1 || at.Column > len(text)+1 {
				t.Fatalf("%q: error %v is not inside the text", text, err)
			}
			return
		}
		again, err := Parse(written(entries))
		if err != nil {
			t.Fatalf("%q, written %q: %v", text, written(entries), err)
		}
		if shape(again, false) != shape(entries, false) {
			t.Fatalf("%q: got %q, then %q", text, shape(entries, false), shape(again, false))
		}
	})
}

// written writes every entry on a line.
func written(entries []Entry) string {
	var b strings.Builder
	for _, e := range entries {
		b.WriteString(Format(e) + "\n")
	}
	return b.String()
}
