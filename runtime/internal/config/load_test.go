package config

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/schema"
)

// write puts a configuration file into a new folder and makes that the working directory, so
// that messages name the file only.
func write(t *testing.T, text string) string {
	t.Helper()
	t.Chdir(t.TempDir())
	if err := os.WriteFile("gateway.yaml", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return "gateway.yaml"
}

func load(t *testing.T, text string, environ ...string) Config {
	t.Helper()
	cfg, err := Load(write(t, text), environ)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func TestNothingWrittenIsTheDefault(t *testing.T) {
	for name, text := range map[string]string{"empty": "", "comment": "# nothing\n", "null": "null\n", "object": "{}\n"} {
		cfg := load(t, text)
		cfg.APIs, cfg.Auth = APIs{}, Auth{}
		if !reflect.DeepEqual(cfg, Default()) {
			t.Errorf("%s: got %+v", name, cfg)
		}
	}
	cfg, err := Load("", []string{"HOME=/root", "PENSTOCK_MODULE=/src", "PENSTOCK_TEST_KAFKA=127.0.0.1:9092"})
	cfg.APIs, cfg.Auth = APIs{}, Auth{}
	if err != nil || !reflect.DeepEqual(cfg, Default()) {
		t.Errorf("got %+v, %v", cfg, err)
	}
}

func TestFileAndEnvironment(t *testing.T) {
	cfg := load(t, `
listen:
  address: 127.0.0.1:8000
  tls: { certFile: a.crt, keyFile: a.key, clientCAFile: ca.crt, clientAuth: optional }
  http2: h2c
  trustedProxies: [10.0.0.0/8]
  readTimeout: 1m30s
admin: { address: ":9000" }
drain: { delay: 0, timeout: 2s }
tenant: eu
cors: { allowOrigins: ["https://a.example"], maxAge: 10m }
limits: { body: 2MiB, headers: 4096, streams: 7, processBytes: 50% }
log: { level: debug, format: text }
`,
		"PENSTOCK_LISTEN__ADDRESS=:8443", "penstock_admin__Profiles=true", "PENSTOCK_LIMITS__STREAMS=9",
		"PENSTOCK_LIMITS__NDJSONLINE=64KiB", "PENSTOCK_LIMITS__BYTESPERSTREAM=1000",
		"PENSTOCK_CORS__ALLOWHEADERS=X-One, X-Two", `PENSTOCK_LISTEN__TRUSTEDPROXIES=["192.0.2.0/24"]`)
	want := Default()
	want.Listen = Listen{
		Address: ":8443", TLS: TLS{CertFile: "a.crt", KeyFile: "a.key", ClientCAFile: "ca.crt", ClientAuth: "optional"},
		HTTP2: HTTP2Clear, TrustedProxies: []string{"192.0.2.0/24"}, ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout: 90 * time.Second, IdleTimeout: time.Minute, WriteStallTimeout: 30 * time.Second,
	}
	want.Admin = Admin{Address: ":9000", Profiles: true}
	want.Drain = Drain{Timeout: 2 * time.Second}
	want.Tenant = "eu"
	want.CORS = CORS{AllowOrigins: []string{"https://a.example"}, AllowHeaders: []string{"X-One", "X-Two"}, MaxAge: 10 * time.Minute}
	want.Limits.Body, want.Limits.Headers, want.Limits.Streams = 2*MiB, 4*KiB, 9
	want.Limits.NDJSONLine, want.Limits.BytesPerStream, want.Limits.ProcessBytes = 64*KiB, 1000, Share{Percent: 50}
	want.Log = Log{Level: "debug", Format: "text"}
	cfg.APIs, cfg.Auth = APIs{}, Auth{}
	if !reflect.DeepEqual(cfg, want) {
		t.Errorf("got\n%+v\nwant\n%+v", cfg, want)
	}
}

// TestProperties: variables change what the file has and add nothing.
func TestProperties(t *testing.T) {
	path := write(t, `
properties: { region: eu, Zone-1: a, retries: 3 }
dictionaries: { topics: { gold: orders-gold, silver: orders } }
secrets: { dir: /etc/secrets }
`)
	cfg, err := Load(path, []string{"PENSTOCK_PROPERTIES__ZONE_1=b", "PENSTOCK_DICTIONARIES__TOPICS__SILVER=orders-silver", "PENSTOCK_SECRETS__DIR=/srv"})
	if err != nil {
		t.Fatal(err)
	}
	if want := map[string]string{"region": "eu", "Zone-1": "b", "retries": "3"}; !reflect.DeepEqual(cfg.Properties, want) {
		t.Errorf("properties: got %v, want %v", cfg.Properties, want)
	}
	want := map[string]map[string]string{"topics": {"gold": "orders-gold", "silver": "orders-silver"}}
	if !reflect.DeepEqual(cfg.Dictionaries, want) || cfg.Secrets.Dir != "/srv" {
		t.Errorf("got %v and %q", cfg.Dictionaries, cfg.Secrets.Dir)
	}
	for variable, want := range map[string]string{
		"PENSTOCK_PROPERTIES__REGIO=x":              `PENSTOCK_PROPERTIES__REGIO: unknown variable; did you mean "PENSTOCK_PROPERTIES__REGION"?`,
		"PENSTOCK_PROPERTIES__REGION={#node.id}":    `PENSTOCK_PROPERTIES__REGION: an expression stands only in the endpoints of an api (/properties/region)`,
		"PENSTOCK_DICTIONARIES__TOPICS__GOLD2=gold": `PENSTOCK_DICTIONARIES__TOPICS__GOLD2: unknown variable; did you mean "PENSTOCK_DICTIONARIES__TOPICS__GOLD"?`,
	} {
		if _, err := Load(path, []string{variable}); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", variable, err, want)
		}
	}
	if _, err := Load(write(t, "properties: { a_b: x, a-b: y }"), []string{"PENSTOCK_PROPERTIES__A_B=z"}); err == nil ||
		err.Error() != "PENSTOCK_PROPERTIES__A_B: may mean properties.a-b or properties.a_b: write it in the file" {
		t.Errorf("a name made ambiguous: got %v", err)
	}
}

// TestExpressionsOfTheFile: they are for endpoints, where the api that they are of checks them.
func TestExpressionsOfTheFile(t *testing.T) {
	endpoint := `apis: { orders: { endpoints: { default: { configuration: { bootstrapServers: "{#secrets.get('/env/BROKERS')}" } } } } }`
	cfg, err := Load(write(t, endpoint), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = cfg.APIs.Resolve(Names{API: "orders", Endpoints: []string{"default"}}); err != nil {
		t.Errorf("in an endpoint: %v", err)
	}
	_, err = Load(write(t, `apis: { orders: { operations: { get: { http-get: { path: "/{#node.id}" } } } } }`), nil)
	want := "gateway.yaml:1:52: an expression stands only in the endpoints of an api (/apis/orders/operations/get/http-get/path)"
	if err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("elsewhere: got %v, want %s", err, want)
	}
}

func TestEveryProblemAtOnce(t *testing.T) {
	path := write(t, `listen:
  adrress: ":8080"
  readTimeout: soon
limits:
  streams: none
drian: {}
`)
	_, err := Load(path, []string{
		"PENSTOCK_LISEN__ADDRESS=:1", "PENSTOCK_ADMIN__PROFILES=maybe", "PENSTOCK_TENANT=a", "penstock_tenant=b",
	})
	want := []string{
		`PENSTOCK_LISEN__ADDRESS: unknown variable; did you mean "PENSTOCK_LISTEN__ADDRESS"?`,
		`penstock_tenant: says the same as PENSTOCK_TENANT (/tenant)`,
		`PENSTOCK_ADMIN__PROFILES: `, `(/admin/profiles)`,
		`gateway.yaml:2:3: `, `did you mean "address"?`, `(/listen/adrress)`,
		`gateway.yaml:3:3: `, `(/listen/readTimeout)`,
		`gateway.yaml:5:3: `, `(/limits/streams)`,
		`gateway.yaml:6:1: `, `did you mean "drain"?`, `(/drian)`,
	}
	if err == nil {
		t.Fatal("no error")
	}
	for _, part := range want {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is missing from\n%v", part, err)
		}
	}
	if n := strings.Count(err.Error(), "\n") + 1; n != 7 {
		t.Errorf("%d problems, want 7:\n%v", n, err)
	}
}

func TestFilesThatAreNoConfiguration(t *testing.T) {
	for text, want := range map[string]string{
		"listen: {}\nlisten: {}\n": `gateway.yaml:2:1: key "listen" stands twice (/listen)`,
		"tenant: a\n---\nb: 2\n":   `gateway.yaml:2:1: a second document; one is allowed`,
		"- listen\n":               `gateway.yaml:1:1: the configuration is a mapping of keys`,
		"a:\n\t- b\n":              `gateway.yaml:2:1: found character that cannot start any token`,
		"tenant: \"{#node.id}\"\n": `gateway.yaml:1:1: an expression stands only in the endpoints of an api (/tenant)`,
		"x: &a [*a]\n":             `gateway.yaml:1:8: aliases stand for too much (/x/0/0)`,
		"? [a]\n: b\n":             `gateway.yaml:1:3: a key is a text`,
		"a: {<<: {b: 1}}\n":        `gateway.yaml:1:5: merge keys (<<) are not read here (/a)`,
	} {
		_, err := Load(write(t, text), nil)
		if err == nil || strings.SplitN(err.Error(), "\n", 2)[0] != want {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
	if _, err := Load(filepath.Join(t.TempDir(), "absent.yaml"), nil); err == nil || !strings.HasPrefix(err.Error(), "read configuration: open ") {
		t.Errorf("absent file: got %v", err)
	}
}

// TestSchemaAndStructAgree holds the defaults of the schema against the ones of Default, and
// every property against a field.
func TestSchemaAndStructAgree(t *testing.T) {
	fields := map[string]string{}
	flatten(reflect.ValueOf(Default()), "", fields)
	for _, p := range schema.Properties(schema.Gateway) {
		name := strings.Join(p.Path, ".")
		if p.Path[0] == "apis" || p.Path[0] == "auth" || p.Path[len(p.Path)-1] == "*" || p.Types[0] == "object" {
			continue
		}
		got, ok := fields[name]
		if !ok {
			t.Errorf("%s: the schema has it, Config has not", name)
			continue
		}
		delete(fields, name)
		want := ""
		if p.Default != nil {
			want = fmt.Sprint(p.Default)
		}
		if d, err := time.ParseDuration(want); err == nil && p.Types[0] == "string" {
			want = d.String()
		}
		if p.Types[0] == "array" && want == "" {
			want = "[]"
		}
		if got != want && (want != "" || got != "0s") {
			t.Errorf("%s: the default is %q in the schema and %q in Config", name, want, got)
		}
	}
	for name := range fields {
		t.Errorf("%s: Config has it, the schema has not", name)
	}
}

func flatten(v reflect.Value, path string, into map[string]string) {
	for i := range v.NumField() {
		name := v.Type().Field(i).Tag.Get("koanf")
		if name == "-" || v.Field(i).Kind() == reflect.Map {
			continue
		}
		if path != "" {
			name = path + "." + name
		}
		field := v.Field(i)
		if _, leaf := field.Interface().(fmt.Stringer); field.Kind() == reflect.Struct && !leaf {
			flatten(field, name, into)
			continue
		}
		into[name] = fmt.Sprint(field.Interface())
	}
}
